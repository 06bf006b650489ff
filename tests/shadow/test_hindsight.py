"""Hindsight: what the pane did next says who was right."""

from typing import Any

import pytest
from shadow_cases import QUICK, T0, Watching, one, report, shot, tape, verdict

from rollout.judgement.events import noise_facts
from shadow.bout import bout_id, in_sample
from shadow.bouts import BoutRules, Windows
from shadow.hindsight import PaneHistory, front, observe, ruling
from understudy import AgentState, Frame, Tape

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


def film(at: float, *screens: str) -> Tape:
    """A tape of one pane, a frame a screen."""
    frames = tuple(Frame(at=at, panes=(shot(screen),)) for screen in screens)
    return Tape(id=f"t-{at}", frames=frames)


PRINTING = ["\n".join([*(f"line {chr(97 + n)}" for n in range(2 * look)), COMPOSER]) for look in range(4)]
SPINNING = [f"{glyph} Brewing… ({look}s)\n{COMPOSER}" for look, glyph in enumerate("✻✽✶✳✢")]


@pytest.mark.parametrize("screens", [PRINTING, SPINNING], ids=["printing", "spinning"])
def test_called_idle_but_it_printed_on(screens: list[str]) -> None:
    assert settle("busy", "idle", *screens) == "incumbent"
    assert settle("idle", "busy", *screens) == "candidate"
    assert settle("idle", "waiting_approval", *screens) == "neither"


def test_output_after_a_person_typed_answers_that() -> None:
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
    assert bout.label.reason == "called idle, but no agent was in front all the time: a shell, or a dead pane"
    (other,) = Watching().look(0, one("crashed"), one("idle")).look(1, report(), report()).wait(9).bouts
    assert not other.missed_crash


def test_who_is_in_front_after_the_bout_says_nothing_about_it() -> None:
    watching = Watching()
    watching.look(0, one("crashed"), one("idle"), tape(T0, shot("$ ", processes=("bash",))))
    watching.look(1, one("starting"), one("starting"), tape(T0 + 1, shot("hi", processes=("bash", "claude"))))
    assert [bout.label and bout.label.right for bout in watching.wait(9).bouts] == ["incumbent"]


def test_output_after_the_bout_and_within_the_settling_window_is_hindsight() -> None:
    watching = Watching()
    watching.look(0, one("busy"), one("idle"), film(T0, "thinking", "still thinking"))
    for at in (1, 2):
        watching.look(at, one("busy"), one("busy"), film(T0 + at, PRINTING[at]))
    bout = watching.look(3, one("busy"), one("busy")).bouts[0]
    assert (bout.label and bout.label.right, bout.label and bout.label.reason) == (
        "incumbent",
        "called idle, but it printed on while no key was pressed",
    )


@pytest.mark.parametrize(
    ("processes", "seconds", "right"),
    [
        (("bash", "claude"), 60, "candidate"),
        (("bash", "claude"), 30, None),
        (("bash", "aider", "sh"), 60, None),
        ((), 60, None),
    ],
    ids=["long", "not long", "over a command", "of unknown origin"],
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


def test_output_after_the_harness_acted_answers_that() -> None:
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
    before = observe(PaneHistory(), [shot(COMPOSER)], T0, touched=False, lasting=True)
    assert observe(before, [shot("something\nelse\n", **mode)], T0 + 1, touched=False, lasting=True) == before


def test_a_counter_that_runs_is_not_standing_still() -> None:
    watching = Watching(SLOW)
    for at in range(0, 61, 10):
        watching.look(at, one("busy"), one("idle"), tape(T0 + at, shot(f"Working ({at}s)\n{COMPOSER}")))
    (bout,) = watching.look(70, report(), report()).wait(130).bouts
    assert bout.label is None


def test_an_agreement_about_the_state_is_no_case_for_hindsight() -> None:
    watch = PaneHistory()
    for at, screen in enumerate(PRINTING):
        watch = observe(watch, [shot(screen)], T0 + at, touched=False, lasting=True)
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
    watch = observe(PaneHistory(), [shot("my secret words")], T0, touched=False, lasting=True)
    assert "secret" not in watch.model_dump_json()


def test_what_moves_only_after_the_bout_was_over_and_still_proves_nothing() -> None:
    watching = Watching()
    for at in (0, 1):
        watching.look(at, one("busy"), one("idle"), film(T0 + at, COMPOSER))
    for at in (2, 3, 4):
        watching.look(at, one("busy"), one("busy"), film(T0 + at, PRINTING[at - 1]))
    assert watching.look(5, one("busy"), one("busy")).bouts[0].label is None


DIALOG = """⏺ Bash(git push origin release)
╭───────────────────────────╮
│ Do you want to proceed?   │
│ \u276f 1. Yes                  │
│   2. No, tell it to stop  │
╰───────────────────────────╯"""
Y_OR_N = "src/report.py\nCreate new file? (Y)es/(N)o [Yes]:"


@pytest.mark.parametrize("asks", [DIALOG, Y_OR_N], ids=["choice", "letters"])
def test_called_idle_but_its_question_was_answered(asks: str) -> None:
    moved_on = ["⏺ Bash(git push origin release)\n  ⎿  pushed\nand on\n" + COMPOSER] * 2
    assert settle("waiting_approval", "idle", asks, asks, *moved_on) == "incumbent"
    assert settle("unsubmitted_input", "waiting_approval", asks, *moved_on) == "candidate"
    assert settle("idle", "crashed", asks, *moved_on) == "neither"
    assert settle("waiting_approval", "idle", asks, asks, asks) is None


def test_output_after_an_answer_does_not_prove_that_no_question_was_asked() -> None:
    printing = [f"pushing\n{screen}" for screen in PRINTING]
    assert settle("waiting_approval", "error", DIALOG, *printing) is None


DRAFT = f"⏺ Done.\n\n{COMPOSER.replace('>    ', '> now the docs    ')}"
SENT = f"⏺ Done.\n\n> now the docs\n\n✻ Thinking…\n{COMPOSER}"


def test_called_idle_but_its_draft_was_sent() -> None:
    assert settle("unsubmitted_input", "idle", DRAFT, DRAFT, SENT, SENT) == "incumbent"
    assert settle("waiting_approval", "unsubmitted_input", DRAFT, SENT) == "candidate"


@pytest.mark.parametrize(
    "after",
    [DRAFT, f"⏺ Done.\n\n{COMPOSER}", f"⏺ Done.\n\n> something else\nok\n{COMPOSER}"],
    ids=["it stays", "it was deleted", "another was sent"],
)
def test_an_unsent_draft_proves_nothing(after: str) -> None:
    assert settle("unsubmitted_input", "idle", DRAFT, DRAFT, after, after) is None


def test_once_a_person_types_nothing_more_is_concluded() -> None:
    shells = [("bash",), ("bash",)]
    watch = PaneHistory()
    for at, processes in enumerate(shells):
        pane = shot(COMPOSER, processes=processes)
        watch = observe(watch, [pane], T0 + at, touched=at == 0, lasting=True)
    assert watch.shells == 0
    assert ruling(AgentState.CRASHED, AgentState.IDLE, watch, 45) is None


def test_a_label_that_can_only_speak_for_one_side_decides_nothing_alone() -> None:
    watching = Watching()
    for at, screen in enumerate(PRINTING):
        watching.look(at, one("busy"), one("idle"), film(T0 + at, screen))
    (bout,) = watching.look(4, report(), report()).wait(9).bouts
    assert (bout.label and (bout.label.right, bout.label.rule, bout.label.alone)) == ("incumbent", "printed", False)
    assert bout.candidate_wrong
    assert bout.ruled_wrong is None
    assert [fact for fact in noise_facts(bout) if fact.guardrail == "candidate_wrong"] == []


def test_hindsight_looks_at_a_sample_of_the_agreements_and_says_where_both_are_wrong() -> None:
    watching = Watching(QUICK.model_copy(update={"sample": 1}))
    for at, screen in enumerate(PRINTING):
        watching.look(at, one("idle"), one("idle"), film(T0 + at, screen))
    (bout,) = watching.look(4, report(), report()).wait(9).bouts
    assert bout.agrees
    assert bout.watched
    assert (bout.label and (bout.label.right, bout.label.alone)) == ("neither", False)


def test_the_sample_of_the_agreements_is_a_share_and_the_same_in_a_replay() -> None:
    names = [bout_id(f"%{number}", number, T0) for number in range(5_000)]
    assert 400 < sum(in_sample(name, 0.1) for name in names) < 600
    assert not any(in_sample(name, 0) for name in names)
    watching = Watching(QUICK.model_copy(update={"sample": 0}))
    for at, screen in enumerate(PRINTING):
        watching.look(at, one("idle"), one("idle"), film(T0 + at, screen))
    (bout,) = watching.look(4, report(), report()).wait(9).bouts
    assert (bout.watched, bout.label) == (False, None)
