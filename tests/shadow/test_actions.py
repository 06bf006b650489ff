"""Actions compared by episode within a window of their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.actions import ActionBook, compare_actions, enter_intents
from shadow.rules import BoutRules, Windows

IDLE, DRAFT, KILL, SPAWN = "notify_manager:idle", "submit_draft", "kill_window", "spawn_manager"
NONE = frozenset[str]()
WINDOWS = Windows()


def requested(*looks: tuple[float, str], intent_key: str = IDLE) -> ActionBook:
    """Play looks: when, and which monitors have the intent then (`i`, `c`, `ic` or neither), each through JSON."""
    book = ActionBook()
    for at, who in looks:
        intent_keys = {"%1": tuple(frozenset({intent_key}) if role in who else NONE for role in "ic")}
        book = ActionBook.model_validate_json(enter_intents(book, at, intent_keys).model_dump_json())  # type: ignore[arg-type]
    return book


def compared(
    book: ActionBook, stretch: tuple[float, float], who: str, intent_key: str = IDLE, windows: Windows = WINDOWS
) -> list[tuple[str, float]]:
    intent_keys = tuple(frozenset({intent_key}) if role in who else NONE for role in "ic")
    found = compare_actions(book.episodes.get("%1", ()), stretch, intent_keys, windows)  # type: ignore[arg-type]
    return [(act.how.value, act.seconds) for act in found]


@pytest.mark.parametrize(
    ("looks", "who", "expected"),
    [
        ([(0, "ic")], "ic", [("same", 0)]),
        ([(0, "i"), (30, "ic")], "i", [("late", 30)]),
        ([(0, "c"), (30, "ic")], "c", [("early", 30)]),
        ([(0, "i"), (31, "ic")], "i", [("missing", 0)]),
        ([(0, "i"), (100, "")], "i", [("missing", 0)]),
        ([(0, "c"), (100, "")], "c", [("extra", 0)]),
    ],
    ids=["same", "late", "early", "too late", "missing", "extra"],
)
def test_an_act_is_the_same_within_its_window(
    looks: list[tuple[float, str]], who: str, expected: list[tuple[str, float]]
) -> None:
    assert compared(requested(*looks), (0, 0), who) == expected


@pytest.mark.parametrize(("intent_key", "window_s"), [(IDLE, 30), (DRAFT, 15), (KILL, 60), (SPAWN, 60)])
def test_every_kind_has_its_window(intent_key: str, window_s: float) -> None:
    for late, how in ((window_s, "late"), (window_s + 1, "missing")):
        book = requested((0, "i"), (late, "ic"), intent_key=intent_key)
        assert compared(book, (0, 0), "i", intent_key)[0][0] == how


def test_the_plan_may_narrow_a_window() -> None:
    book = requested((0, "i"), (4, "ic"))
    assert compared(book, (0, 0), "i", windows=Windows(notice_s=3)) == [("missing", 0)]


def test_one_that_withdraws_earlier_wanted_the_same() -> None:
    book = requested((0, "ic"), (10, "i"), (20, "i"), (30, "i"))
    assert compared(book, (10, 30), "i") == [("same", 0)]


def test_an_answer_is_given_once() -> None:
    looks = [(0.0, "ic"), (5.0, "i"), (6.0, "i"), (10.0, "ic")]
    book = requested(*looks)
    assert compared(book, (0, 0), "ic") == [("same", 0)]
    assert compared(book, (10, 10), "ic") == [("extra", 0)]


def test_one_silent_look_is_no_withdrawal() -> None:
    book = requested((0, "ic"), (5, "i"), (10, "ic"))
    assert compared(book, (10, 10), "ic") == []
    assert len(book.episodes["%1"]) == 2


def test_an_episode_without_a_look_is_left_as_it_was() -> None:
    book = enter_intents(requested((0, "i")), 5, {}, unseen=["%1"])
    assert book.episodes["%1"][0].silent == 0


def test_old_episodes_are_forgotten() -> None:
    book = requested((0, "i"), (1, ""), (2, ""), (600, ""))
    assert "%1" in book.episodes
    assert enter_intents(book, 700, {}).episodes == {}


def test_the_settling_time_is_never_shorter_than_a_window() -> None:
    assert BoutRules(settle_s=3).settling_s == WINDOWS.widest


_TURNED = {"": "", "i": "c", "c": "i", "ic": "ic"}
_HOW = {"same": "same", "late": "early", "early": "late", "missing": "extra", "extra": "missing"}


@given(st.lists(st.sampled_from(["", "i", "c", "ic"]), min_size=1, max_size=12))
def test_the_sides_turned_round_give_the_same_acts_turned_round(looks: list[str]) -> None:
    straight = requested(*((float(10 * at), who) for at, who in enumerate(looks)))
    turned = requested(*((float(10 * at), _TURNED[who]) for at, who in enumerate(looks)))
    for at, who in enumerate(looks):
        there = compared(straight, (10 * at, 10 * at), who)
        back = compared(turned, (10 * at, 10 * at), _TURNED[who])
        assert sorted((_HOW[how], seconds) for how, seconds in there) == sorted(back)


def test_an_answer_to_an_earlier_asking_is_none_to_a_later_one() -> None:
    book = requested((0, "ic"), (5, ""), (10, ""), (20, "i"))
    assert compared(book, (20, 20), "i") == [("missing", 0)]
