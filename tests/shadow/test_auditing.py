"""Audits of the referees: settle rates by kind and side, samples, figures scored again, sign-offs that lapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory import clusters
from shadow_cases import QUICK, T0, Watching, one, report, shot, tape

from shadow.kinds import settle_rates
from shadow.labels import Label, Referee, Right
from shadow.rescoring import of_cluster, rescored
from shadow.sampling import sample, worth_asking
from shadow.signoffs import NOBODY_SAID, Acceptance, Lapse

if TYPE_CHECKING:
    from shadow.bout import Bout

COMPOSER = "╭──────╮\n│ >    │\n╰──────╯"
PERSON = Label(right=Right.INCUMBENT, by=Referee.PERSON)


def played(
    ours: str, theirs: str, *intent_keys: str, processes: tuple[str, ...] = ("bash", "claude"), at: float = 0
) -> Bout:
    """One settled bout of two looks."""
    watching = Watching(QUICK.model_copy(update={"sample": 1}))
    for look in (at, at + 1):
        film = tape(T0 + look, shot(COMPOSER, processes=processes))
        watching.look(look, one(ours, *intent_keys), one(theirs), film)
    watching.look(at + 2, report(), report())
    (bout,) = [bout for bout in watching.wait(at + 20).bouts if bout.began == T0 + at]
    return bout


CRASH = [played("crashed", "idle", processes=("bash",)), played("crashed", "idle")]
IDLE = played("busy", "idle")
AGREE = [played("crashed", "crashed", at=900), played("idle", "idle", at=950)]


def test_the_settle_rate_is_told_by_kind_and_side() -> None:
    first, second, *agreements = settle_rates([*CRASH, IDLE, *AGREE])
    assert (first.incumbent, first.candidate, first.bouts, first.rate, first.decides) == ("crashed", "idle", 2, 1, True)
    assert (first.side(Right.INCUMBENT), first.side(Right.CANDIDATE)) == (0.5, 0.5)
    assert first.rules == {"shell": 1, "program": 1}
    assert (second.incumbent, second.candidate, second.rate, second.decides) == ("busy", "idle", 0, False)
    assert {(row.incumbent, row.rights.get(Right.NEITHER, 0)) for row in agreements} == {("crashed", 1), ("idle", 0)}


def test_a_bout_without_a_review_is_in_no_rate() -> None:
    assert settle_rates([IDLE.model_copy(update={"watched": False})]) == ()
    (row,) = settle_rates([IDLE.model_copy(update={"watched": False, "label": PERSON})])
    assert row.by_people == 1


def test_samples_are_drawn_of_undecided_bouts_and_of_agreements() -> None:
    assert {bout.id for bout in worth_asking([*CRASH, IDLE, *AGREE])} == {bout.id for bout in (IDLE, *AGREE)}
    assert worth_asking([IDLE], asked={IDLE.id}) == []
    assert worth_asking([IDLE.model_copy(update={"label": PERSON})]) == []


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 20), st.integers())
def test_a_draw_has_both_kinds_is_as_large_as_it_can_be_and_repeats_by_its_seed(
    differing: int, agreeing: int, count: int, seed: int
) -> None:
    bouts = [IDLE.model_copy(update={"id": f"b-{n:010x}"}) for n in range(differing)]
    bouts += [AGREE[0].model_copy(update={"id": f"b-a{n:09x}"}) for n in range(agreeing)]
    drawn = sample(bouts, count, seed)
    assert len({bout.id for bout in drawn}) == len(drawn) == min(count, differing + agreeing)
    assert drawn == sample(reversed(bouts), count, seed)
    agreements = sum(bout.agrees for bout in drawn)
    assert agreements >= min(agreeing, count // 2)
    assert len(drawn) - agreements >= min(differing, count // 2)


def test_figures_scored_again_say_what_would_have_been_hidden() -> None:
    acting = [played("idle", "busy", "notify_manager:idle", at=40 * n) for n in range(3)]
    wrong = acting[0].model_copy(update={"label": Label(right=Right.INCUMBENT, by=Referee.PERSON)})
    bouts = [wrong, *acting[1:], *AGREE]
    then = rescored(bouts, of_cluster(acting[0].fingerprint.cluster))
    assert (then.hides, then.hides_actions, then.hides_wrong) == (3, 3, 1)
    assert (then.now.bouts, then.now.events, then.would_have_been.bouts, then.would_have_been.events) == (5, 3, 2, 0)
    assert rescored(bouts, lambda _: False).hides == 0


def signed(cluster: str, ceiling: float = 1.0) -> Acceptance:
    return Acceptance(
        cluster=cluster, owner="ann", reason="so", at=T0, expires=T0 + 500, ceiling=ceiling, monitors=("old 1", "new 1")
    )


@pytest.mark.parametrize(
    ("now", "playing", "ceiling", "lapse"),
    [
        (400, ("old 1", "new 1"), 1.0, None),
        (400, (), 1.0, None),
        (400, ("old 1", "new 2"), 1.0, Lapse.VERSION),
        (600, ("old 1", "new 1"), 1.0, Lapse.EXPIRED),
        (400, ("old 1", "new 1"), 0.01, Lapse.CEILING),
    ],
)
def test_a_sign_off_ends_by_itself_and_its_cluster_is_open_again(
    now: float, playing: tuple[str, ...], ceiling: float, lapse: Lapse | None
) -> None:
    bouts = [played("idle", "busy", "notify_manager:idle", at=40 * n) for n in range(3)]
    said = NOBODY_SAID.accept(signed(bouts[0].fingerprint.cluster, ceiling)).under(playing)
    (cluster,) = clusters(bouts, T0 + now, signoffs=said)
    assert (cluster.reopened, cluster.open) == (lapse, lapse is not None)


def test_clusters_are_the_same_in_every_run() -> None:
    bouts = [played("idle", "busy", "notify_manager:idle", at=40 * n) for n in range(3)]
    assert clusters(bouts, T0 + 300) == clusters(list(reversed(bouts)), T0 + 300)
    assert [row.id for row in clusters(bouts, T0 + 300)] == ["d-2a1d85"]
