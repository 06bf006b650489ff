"""Hindsight: what the pane did next says who was right."""

from typing import Any

import pytest
from shadow_cases import T0, Watching, one, report, shot, tape, verdict

from shadow.bouts import BoutRules, Windows
from shadow.hindsight import Watch, front, observe, ruling

COMPOSER = "╭──────╮\n│ >    │\n╰──────╯"
SLOW = BoutRules(settle_s=60, at_latest_s=600, repeat_s=600, windows=Windows())


def settle(ours: str, theirs: str, *screens: str, **more: object) -> str | None:
    """Play screens, a look each, to two monitors that never change their minds; return who was right."""
    processes = more.get("processes", ("bash", "claude"))
    watching = Watching()
    for at, screen in enumerate(screens):
        film = tape(T0 + at, shot(screen, processes=processes))  # type: ignore[arg-type]
        watching.look(at, one(ours), one(theirs), film, touched=more.get("touched", ()))  # type: ignore[arg-type]
    watching.look(len(screens), report(), report(), None).wait(len(screens) + 9)
    (bout,) = [bout for bout in watching.bouts if bout.began == T0]
    return None if bout.label is None else str(bout.label.right)


PRINTING = ["\n".join([*(f"line {chr(97 + n)}" for n in range(2 * look)), COMPOSER]) for look in range(4)]
SPINNING = [f"{glyph} Brewing… ({look}s)\n{COMPOSER}" for look, glyph in enumerate("✻✽✶✳✢")]


@pytest.mark.parametrize("screens", [PRINTING, SPINNING], ids=["printing", "spinning"])
def test_called_idle_but_it_printed_on(screens: list[str]) -> None:
    assert settle("busy", "idle", *screens) == "incumbent"
    assert settle("idle", "busy", *screens) == "candidate"
    assert settle("idle", "waiting_approval", *screens) == "neither"


def test_what_is_printed_after_somebody_typed_answers_that() -> None:
    typed = [PRINTING[0], COMPOSER.replace(">    ", "> do "), *PRINTING[1:]]
    assert settle("busy", "idle", *typed) is None
    sent = [COMPOSER, *(f"> do it\n{screen}" for screen in PRINTING[1:])]
    assert settle("busy", "idle", *sent) is None
    assert settle("busy", "idle", *PRINTING, touched=["%1"]) is None


@pytest.mark.parametrize(
    "screens",
    [
        [f"12:00:0{second}\n{COMPOSER}" for second in range(5)],
        [PRINTING[0], PRINTING[2], PRINTING[2], PRINTING[2]],
        [COMPOSER] * 5,
    ],
    ids=["a clock", "one repaint", "nothing"],
)
def test_what_is_no_output_proves_nothing(screens: list[str]) -> None:
    assert settle("busy", "idle", *screens) is None


def test_called_crashed_but_a_program_was_in_front() -> None:
    assert settle("crashed", "busy", COMPOSER, COMPOSER) == "candidate"
    assert settle("idle", "crashed", COMPOSER, COMPOSER) == "incumbent"


def test_called_crashed_but_it_answered() -> None:
    assert settle("crashed", "busy", *PRINTING, processes=()) == "candidate"


@pytest.mark.parametrize(
    ("ours", "theirs", "right"),
    [("crashed", "idle", "incumbent"), ("busy", "crashed", "candidate"), ("busy", "idle", "neither")],
)
def test_called_alive_but_a_shell_was_in_front(ours: str, theirs: str, right: str) -> None:
    assert settle(ours, theirs, "$ ", "$ ", processes=("-bash",)) == right


def test_a_missed_crash_is_flagged_when_it_is_settled() -> None:
    watching = Watching()
    for at in range(3):
        film = tape(T0 + at, shot("$ ", processes=("bash",)))
        watching.look(at, one("crashed"), one("idle"), film)
    (bout,) = watching.look(3, report(), report()).wait(9).bouts
    assert bout.missed_crash
    assert bout.label is not None
    assert bout.label.reason == "called idle, but a shell, or nobody, was in front all the time"
    (other,) = Watching().look(0, one("crashed"), one("idle")).look(1, report(), report()).wait(9).bouts
    assert not other.missed_crash


def test_who_is_in_front_after_the_bout_says_nothing_about_it() -> None:
    watching = Watching()
    watching.look(0, one("crashed"), one("idle"), tape(T0, shot("$ ", processes=("bash",))))
    watching.look(1, one("starting"), one("starting"), tape(T0 + 1, shot("hi", processes=("bash", "claude"))))
    assert [bout.label and bout.label.right for bout in watching.wait(9).bouts] == ["incumbent"]


def test_output_after_the_bout_and_within_the_settling_window_is_hindsight() -> None:
    watching = Watching()
    watching.look(0, one("busy"), one("idle"), tape(T0, shot(PRINTING[0])))
    for at in (1, 2):
        watching.look(at, one("busy"), one("busy"), tape(T0 + at, shot(PRINTING[at])))
    bout = watching.look(3, one("busy"), one("busy")).bouts[0]
    assert (bout.label and bout.label.right, bout.label and bout.label.reason) == (
        "incumbent",
        "called idle, but it printed on without anybody typing",
    )


@pytest.mark.parametrize(
    ("processes", "seconds", "right"),
    [
        (("bash", "claude"), 60, "candidate"),
        (("bash", "claude"), 30, None),
        (("bash", "aider", "sh"), 60, None),
        ((), 60, None),
    ],
    ids=["long", "not long", "over a command", "nobody knows who"],
)
def test_called_busy_but_it_stood_still(processes: tuple[str, ...], seconds: int, right: str | None) -> None:
    watching = Watching(SLOW)
    for at in range(0, seconds + 1, 10):
        watching.look(at, one("busy"), one("idle"), tape(T0 + at, shot(COMPOSER, processes=processes)))
    (bout,) = watching.look(seconds + 10, report(), report()).wait(seconds + 70).bouts
    assert (bout.label and bout.label.right) == right


def test_a_bout_with_a_shell_in_front_and_then_a_program_proves_nothing() -> None:
    watching = Watching()
    for at, processes in enumerate([("bash",), ("bash", "claude"), ("bash", "claude")]):
        watching.look(at, one("crashed"), one("idle"), tape(T0 + at, shot(COMPOSER, processes=processes)))
    (bout,) = watching.look(3, report(), report()).wait(9).bouts
    assert bout.label is None


def test_what_is_printed_after_the_harness_touched_the_pane_answers_that() -> None:
    watching = Watching()
    for at, screen in enumerate(PRINTING):
        watching.look(at, one("busy"), one("idle"), tape(T0 + at, shot(screen)), touched=["%1"] if at == 1 else ())
    (bout,) = watching.look(4, report(), report()).wait(9).bouts
    assert bout.label is None


def test_another_process_in_the_pane_proves_nothing_about_the_first() -> None:
    watching = Watching().look(0, one("busy"), one("idle"), tape(T0, shot(PRINTING[0])))
    for at in (1, 2):
        again = report([verdict("%1", "busy", pid=7)])
        watching.look(at, again, again, tape(T0 + at, shot(PRINTING[at + 1], pid=7)))
    bout = watching.wait(9).bouts[0]
    assert bout.label is None


@pytest.mark.parametrize("mode", [{"in_mode": True}, {"vanished": True}])
def test_a_look_into_copy_mode_or_at_nothing_is_no_look(mode: dict[str, Any]) -> None:
    before = observe(Watch(), shot(COMPOSER), T0, touched=False, lasting=True)
    assert observe(before, shot("something\nelse\n", **mode), T0 + 1, touched=False, lasting=True) == before


def test_a_counter_that_runs_is_not_standing_still() -> None:
    watching = Watching(SLOW)
    for at in range(0, 61, 10):
        watching.look(at, one("busy"), one("idle"), tape(T0 + at, shot(f"Working ({at}s)\n{COMPOSER}")))
    (bout,) = watching.look(70, report(), report()).wait(130).bouts
    assert bout.label is None


def test_an_agreement_about_the_state_is_no_case_for_hindsight() -> None:
    watch = Watch()
    for at, screen in enumerate(PRINTING):
        watch = observe(watch, shot(screen), T0 + at, touched=False, lasting=True)
    assert watch.prints == 3
    assert ruling(None, None, watch, 45) is None


@pytest.mark.parametrize(
    ("processes", "dead", "who"),
    [
        (("bash",), False, "shell"),
        (("-zsh", "bash"), False, "shell"),
        (("bash", "node"), False, "program"),
        (("bash", "node", "bash"), False, "program"),
        ((), False, "unknown"),
        (("bash", "node"), True, "shell"),
    ],
)
def test_who_is_in_front(processes: tuple[str, ...], dead: bool, who: str) -> None:  # noqa: FBT001 - a column
    assert front(shot(processes=processes, dead=dead)) == who


def test_hindsight_keeps_no_text() -> None:
    watch = observe(Watch(), shot("my secret words"), T0, touched=False, lasting=True)
    assert "secret" not in watch.model_dump_json()
