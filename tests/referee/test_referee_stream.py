"""The referee streams: names depend on the pane alone, not on how the looks are divided or what the monitors say."""

# ruff: noqa: RUF001 - prompt signs
from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from referee_cases import FRAME_S, LOOK_S, MANAGER, T0, Drawn, Referee, dialog, printing, report, rest, shell

from shadow.referee.book import RefereeBook, RefereeLook, advance, finish
from shadow.referee.claims import Run, joined, one_look
from shadow.rules import Windows
from understudy import AgentState, Frame, Tape

if TYPE_CHECKING:
    from shadow.referee.records import ScoredSpell

PALETTE = (
    rest(),
    rest("● Done.", "❯ fix it", "● line a"),
    rest("● Done.", "❯ fix it", "● line a", "● line b"),
    rest(draft="fix it"),
    rest(draft="fix"),
    rest("✗ API Error: 500"),
    printing(3),
    printing(5),
    printing(9),
    printing(9, "and then"),
    rest("✻ Brewing… (3s)"),
    rest("✻ Brewing… (4s)"),
    dialog(),
    shell(),
    shell("killed", "$ "),
    rest(more={"width": 100}),
    rest(more={"in_mode": True}),
    Drawn(above=("starting",), composer=False),
)
STATES = st.sampled_from([None, *AgentState])
LOOK = st.one_of(
    st.sampled_from(PALETTE).map(lambda one: (one,) * 4), st.lists(st.sampled_from(PALETTE), min_size=1, max_size=4)
)
WATCH = st.lists(LOOK, min_size=1, max_size=24)
MARK = st.frozensets(st.just("%1"))


def tape(at: float, drawn: tuple[Drawn, ...] | list[Drawn]) -> Tape:
    frames = tuple(
        Frame(at=at + FRAME_S * number, panes=(one.shot(), MANAGER.shot("%9"))) for number, one in enumerate(drawn)
    )
    return Tape(id=f"t{at}", frames=frames)


def names_of(spells: list[ScoredSpell]) -> list[tuple[object, ...]]:
    return sorted((spell.id, spell.ended, spell.looks, spell.named, spell.rule) for spell in spells)


def stream(looks: list[RefereeLook], kept_after: set[int]) -> list[ScoredSpell]:
    book, found = RefereeBook(), []
    for number, look in enumerate(looks):
        book, spells = advance(book, look, Windows())
        found += spells
        if number in kept_after:
            book = RefereeBook.model_validate_json(book.model_dump_json())
    return [*found, *finish(book, Windows())]


@given(WATCH, st.sets(st.integers(0, 23)), st.lists(st.tuples(MARK, MARK), min_size=24, max_size=24), STATES, STATES)
def test_where_the_book_is_kept_and_read_again_changes_nothing(
    watch: list[list[Drawn]],
    kept: set[int],
    marks: list[tuple[frozenset[str], frozenset[str]]],
    ours: AgentState | None,
    theirs: AgentState | None,
) -> None:
    looks = [
        RefereeLook(tape(T0 + LOOK_S * number, drawn), report(ours), report(theirs), *mark)
        for number, (drawn, mark) in enumerate(zip(watch, marks, strict=False))
    ]
    assert stream(looks, kept) == stream(looks, set())


@given(WATCH, st.lists(st.tuples(STATES, STATES), min_size=24, max_size=24))
def test_the_names_are_the_same_whatever_the_monitors_say(
    watch: list[list[Drawn]], claims: list[tuple[AgentState | None, AgentState | None]]
) -> None:
    tapes = [tape(T0 + LOOK_S * number, drawn) for number, drawn in enumerate(watch)]
    silent = stream([RefereeLook(one) for one in tapes], set())
    loud = [RefereeLook(one, report(ours), report(theirs)) for one, (ours, theirs) in zip(tapes, claims, strict=False)]
    assert names_of(stream(loud, set())) == names_of(silent)


@given(WATCH)
def test_a_spell_is_made_of_looks_in_their_order_and_no_look_is_in_two(watch: list[list[Drawn]]) -> None:
    looks = [RefereeLook(tape(T0 + LOOK_S * number, drawn)) for number, drawn in enumerate(watch)]
    own = sorted((one for one in stream(looks, set()) if one.pane == "%1"), key=lambda one: one.began)
    assert all(one.began <= one.ended for one in own)
    assert all(one.ended < later.began for one, later in pairwise(own))
    assert sum(one.looks for one in own) <= len(looks)


@given(st.lists(st.tuples(STATES, STATES), min_size=2, max_size=12), st.data())
def test_runs_join_in_any_grouping(
    claims: list[tuple[AgentState | None, AgentState | None]], data: st.DataObject
) -> None:
    runs = [one_look(T0 + number, ours, theirs) for number, (ours, theirs) in enumerate(claims)]
    left = runs[0]
    for run in runs[1:]:
        left = joined(left, run)
    cut = data.draw(st.integers(1, len(runs) - 1))
    assert joined(_all(runs[:cut]), _all(runs[cut:])) == left
    said = [ours or AgentState.UNKNOWN for ours, _ in claims]
    assert set(left.incumbent.inside) == set(said[1:-1])
    assert (left.incumbent.first, left.incumbent.last, left.looks) == (said[0], said[-1], len(claims))


def _all(runs: list[Run]) -> Run:
    whole = runs[0]
    for run in runs[1:]:
        whole = joined(whole, run)
    return whole


def test_a_day_of_rest_takes_no_more_room_than_a_minute() -> None:
    watch = Referee()
    sizes = []
    for _ in range(3):
        for _ in range(60):
            watch.look(rest(), incumbent=report("idle"), candidate=report("busy"))
        sizes.append(len(watch.book.model_dump_json()))
    assert sizes[2] <= sizes[0] + 5  # a count has more figures


def test_a_turn_that_goes_on_and_on_takes_no_more_room_either() -> None:
    watch, sizes = Referee(), []
    for look in range(90):
        frames = [rest(f"✻ Brewing… ({2 * look + (frame == 3)}s)") for frame in range(4)]
        watch.look(*frames, incumbent=report("busy"), candidate=report("busy"))
        sizes.append(len(watch.book.model_dump_json()))
    assert sizes[80] <= sizes[20] + 20


def test_the_book_holds_no_text_of_a_screen() -> None:
    watch = Referee().look(rest("the launch code is swordfish")).look(rest(draft="swordfish again"))
    assert "swordfish" not in watch.book.model_dump_json()


def test_panes_are_named_each_by_itself() -> None:
    watch = Referee().looks(rest(), rest(), rest(draft="f"), rest(draft="fix"))
    assert all(spell.pane == "%1" for spell in watch.end())
