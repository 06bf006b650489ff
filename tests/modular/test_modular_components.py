"""Every component through the one service, on a virtual clock; and without it, its scenario comes to nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, OURS, SHELL, DrawnEyes, manager, pane

from contract import EVERYTHING, CycleReport, Outcome, PauseSession, Result, VirtualClock
from contract.intents import wish
from modular.service import MonitorService

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract import PaneShot

LIMIT = (
    "\u276f go\n\n  ⎿ Claude usage limit reached. Your limit will reset at 3pm (UTC).\n\n"
    + "─" * 60
    + "\n\u276f \n"
    + "─" * 60
)
DEAD = {"screen": SHELL, "processes": ("bash",)}
FRESH = IDLE.partition("\n\n")[2].replace("✻ Baked for 3s", " ✻ Welcome to Claude Code!\n\n   /help for help")
NOON = 1_800_014_400.0
"""12:00 UTC."""


@dataclass
class Play:
    """A service, a fleet before it, and what it wanted at the last look."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    service: MonitorService = field(default_factory=MonitorService)
    wanted: list[tuple[str, str | None, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.eyes = DrawnEyes(self.clock)

    def see(self, *panes: PaneShot, after: float = 10.0, outcomes: tuple[Outcome, ...] = ()) -> CycleReport:
        self.clock.sleep(after)
        if panes:
            self.eyes.show(*panes)
        report = self.service.cycle("c", self.eyes, self.clock, EVERYTHING, outcomes)
        self.wanted = [(wish(intent), intent.pane, intent.ordinal) for intent in report.intents]
        return report

    def over(self, seconds: float, every: float = 10.0) -> CycleReport:
        """Look every so many seconds for so many."""
        report = None
        for _ in range(int(seconds / every)):
            report = self.see(after=every)
        assert report is not None
        return report

    def done(self, what: str, name: str | None, ordinal: int = 1) -> Outcome:
        return Outcome(
            wish=what,
            pane=name,
            session="team",
            ordinal=ordinal,
            result=Result.DELIVERED,
            done=True,
            at=self.clock.now(),
        )


# --- each component's scenario: it ends in the wishes that this component alone leads to --------------------------


def notices(play: Play) -> None:
    play.see(pane("%1"), manager())


def drafts(play: Play) -> None:
    play.see(pane("%1", OURS), manager())
    play.see()


def limits(play: Play) -> None:
    play.see(pane("%1", LIMIT), manager())


def missing(play: Play) -> None:
    play.see(pane("%1", BUSY), manager())
    play.see(manager())
    play.over(120)


def teams(play: Play) -> None:
    play.see(pane("%1"), manager(screen=IDLE))
    play.over(180)


def recovery(play: Play) -> None:
    play.see(pane("%1", BUSY), manager(**DEAD))
    play.over(180)


SCENARIOS: dict[str, tuple[Callable[[Play], None], str, str]] = {
    "modular.wishes.notifications.NotificationManager.advance": (notices, "notify_manager:idle", "notices"),
    "modular.wishes.drafts.advance": (drafts, "submit_draft", "drafts"),
    "modular.wishes.limits.advance": (limits, "pause_session", "limits"),
    "modular.wishes.missing.advance": (missing, "notify_manager:missing", "missing"),
    "modular.wishes.teams.advance": (teams, "notify_manager:team_idle", "teams"),
    "modular.wishes.recovery.advance": (recovery, "spawn_manager", "recovery"),
}


@pytest.mark.parametrize("component", SCENARIOS)
def test_each_component_is_used_by_the_running_cycle(component: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, act, slice_of_memory = SCENARIOS[component]
    play = Play()
    scenario(play)
    assert act in [what for what, _, _ in play.wanted]
    memory = play.service.memory()
    assert isinstance(memory, dict)
    assert memory[slice_of_memory]

    def idles(*arguments: object) -> tuple[object, list[object]]:
        before = arguments[1] if "Manager." in component else arguments[0]
        return before, []

    monkeypatch.setattr(component, idles)
    without = Play()
    scenario(without)
    assert act not in [what for what, _, _ in without.wanted]


@pytest.mark.parametrize(
    "name", ["reading.crash.prompt_at_bottom", "tracking.state_tracker.track", "wishes.drafts.stuck"]
)
def test_what_components_lean_on_is_used_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    target, real = f"modular.{name}", resolve_name(f"modular.{name}")
    monkeypatch.setattr(target, lambda *args, **kwargs: asked.append(name) or real(*args, **kwargs))
    Play().see(pane("%1", SHELL, processes=()), manager())
    assert asked


@pytest.mark.parametrize("component", SCENARIOS)
def test_each_component_goes_on_after_a_restart_as_if_there_had_been_none(component: str) -> None:
    class Restarting(Play):
        def see(self, *panes: PaneShot, after: float = 10.0, outcomes: tuple[Outcome, ...] = ()) -> CycleReport:
            memory = json.loads(json.dumps(self.service.memory()))
            self.service = MonitorService()
            self.service.recall(memory)
            return super().see(*panes, after=after, outcomes=outcomes)

    scenario, act, _ = SCENARIOS[component]
    steady, restarting = Play(), Restarting()
    scenario(steady)
    scenario(restarting)
    assert restarting.wanted == steady.wanted
    assert act in [what for what, _, _ in restarting.wanted]


def test_the_memory_of_a_thousand_agents_is_less_than_a_megabyte() -> None:
    play = Play()
    play.see(*(pane(f"%{number}", DRAFT if number % 3 else IDLE) for number in range(10, 1010)), manager())
    play.see(after=60)
    assert len(json.dumps(play.service.memory())) < 1_000_000


# --- crash ----------------------------------------------------------------------------------------------------------


def test_a_crash_is_told_by_the_processes_and_no_word_on_a_screen_is_one() -> None:
    play = Play()
    talk = BUSY.replace("tidy up", "why did it say Killed, Traceback, Segmentation fault, me@box:~$")
    play.see(pane("%1", talk), pane("%2", IDLE.replace("Done.", "bash: claude: command not found")), manager())
    assert ("notify_manager:crash", "%1", 1) not in play.wanted
    assert ("notify_manager:crash", "%2", 1) not in play.wanted
    play.see(pane("%1", talk, processes=("bash",)), manager())
    assert play.wanted == [("notify_manager:crash", "%1", 1)]


# --- notices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shot", "about"),
    [
        (pane("%1"), "idle"),
        (pane("%1", FRESH), "fresh"),
        (pane("%1", APPROVAL), "approval"),
        (pane("%1", ansi=SHELL, processes=("bash",)), "crash"),
        (
            pane(
                "%1",
                "\u276f go\n\n  ⎿ API Error: 500 Internal server error\n\n"
                + LIMIT.partition("\n\n")[2].partition("\n\n")[2],
            ),
            "error",
        ),
        (pane("%1", LIMIT), "rate_limit"),
    ],
)
def test_every_state_that_needs_somebody_has_its_notice_under_its_heading(shot: PaneShot, about: str) -> None:
    report = Play().see(shot, manager())
    (notice,) = [intent for intent in report.intents if intent.kind == "notify_manager"]
    assert (notice.about, notice.target, bool(notice.section), "%1" in notice.text) == (about, "%9", True, True)


def test_one_trouble_is_one_episode_however_long_it_lasts() -> None:
    play, ordinals = Play(), []
    play.see(pane("%1", APPROVAL), manager())
    for _ in range(9000 // 60):
        report = play.see(after=60)
        ordinals += [intent.ordinal for intent in report.intents]
    told_at = [ordinals.index(ordinal) * 60 for ordinal in range(2, 7)]
    assert [later - earlier for earlier, later in zip([-60, *told_at], told_at, strict=False)] == [
        300,
        600,
        1200,
        2400,
        3600,
    ]


def test_nothing_is_said_about_a_pane_in_which_a_person_types() -> None:
    play = Play()
    report = play.see(pane("%1", typed_at=NOON + 5), pane("%2"), manager())
    assert play.wanted == [("notify_manager:idle", "%2", 1)]
    assert [report.verdicts[name].attended for name in ("%1", "%2")] == [True, False]
    play.see(after=60)
    assert play.wanted == [("notify_manager:idle", "%1", 1), ("notify_manager:idle", "%2", 1)]


def test_the_time_in_which_a_person_was_busy_with_it_does_not_count_for_reminders() -> None:
    play = Play()
    play.see(pane("%1"), manager())
    play.see(pane("%1", typed_at=NOON + 299), manager(), after=290)
    assert play.wanted == []
    play.see(pane("%1"), manager(), after=299)
    assert play.wanted == [("notify_manager:idle", "%1", 1)]
    play.see(after=1)
    assert play.wanted == [("notify_manager:idle", "%1", 2)]


@pytest.mark.parametrize("target", ["%1", "team:1", ":1", "claude-worker", "team:claude-worker.0", "=team:1"])
def test_nothing_is_said_about_a_pane_that_its_manager_works_on(target: str) -> None:
    play = Play()
    works = f"● Bash(tmux send-keys -t {target} 'go on' Enter)\n\n" + BUSY
    play.see(pane("%1"), pane("%2", window="claude-other"), manager(screen=works))
    assert play.wanted == [("notify_manager:idle", "%2", 1)]
    play.see(pane("%1"), pane("%2", window="claude-other"), manager(screen=works.replace(BUSY, IDLE)))
    assert ("notify_manager:idle", "%1", 1) in play.wanted, "it works on it no more"


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_somebodys_draft_is_never_sent_and_is_told_when_it_was_forgotten() -> None:
    play = Play()
    play.see(pane("%1", DRAFT), manager())
    for _ in range(5):
        play.see()
        assert play.wanted == []
    play.see()
    assert play.wanted == [("notify_manager:draft", "%1", 1)]
    play.over(1200)
    assert "submit_draft" not in [what for what, _, _ in play.wanted]


def test_our_own_draft_is_not_sent_while_a_person_is_at_it() -> None:
    play = Play()
    play.see(pane("%1", OURS, typed_at=NOON), manager())
    play.see(after=40)
    assert play.wanted == []
    play.see(after=20)
    assert play.wanted == [("submit_draft", "%1", 1)]


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_limit_parks_its_session_until_its_reset_and_nobody_else() -> None:
    play = Play()
    elsewhere = {"session": "other", "session_id": "$2", "window": "claude-else"}
    report = play.see(
        pane("%1", LIMIT), pane("%2"), pane("%5", **elsewhere), manager(), manager("%8", **elsewhere | {"window": "pm"})
    )
    (pause,) = [intent for intent in report.intents if isinstance(intent, PauseSession)]
    assert (pause.session, pause.pane, pause.ordinal) == ("team", "%1", 1)
    assert pause.until == NOON + 3 * 3600 + 60, "a minute after 3pm"
    assert [one for one in play.wanted if one[0] != "pause_session"] == [
        ("notify_manager:rate_limit", "%1", 1),
        ("notify_manager:idle", "%5", 1),
    ], "who is idle beside it waits with it"
    play.see(after=2 * 3600)
    assert [one for one in play.wanted if one[1] == "%1"] == [
        ("pause_session", "%1", 1),
        ("notify_manager:rate_limit", "%1", 1),
    ], "nobody is reminded of a limit that still holds"


def test_after_the_reset_the_manager_hears_it_once_and_the_stale_screen_parks_nobody() -> None:
    play = Play()
    play.see(pane("%1", LIMIT), pane("%2"), manager())
    report = play.see(after=3 * 3600 + 60)
    assert play.wanted == [("notify_manager:rate_limit", "%1", 2), ("notify_manager:idle", "%2", 1)]
    assert "may go on: its usage limit was to be reset by now" in getattr(report.intents[0], "text", "")
    play.see(after=24 * 3600)
    assert "pause_session" not in [what for what, _, _ in play.wanted]


# --- missing agents -------------------------------------------------------------------------------------------------


def test_all_that_a_team_misses_is_one_notice_and_another_loss_is_news() -> None:
    play = Play()
    workers = [pane(f"%{number}", BUSY, window=f"claude-{number}") for number in (1, 2, 3)]
    play.see(*workers, manager())
    play.see(workers[2], manager())
    report = play.over(120)
    assert play.wanted == [("notify_manager:missing", None, 1)]
    assert "claude-1, claude-2" in getattr(report.intents[0], "text", "")
    play.see(manager())
    play.over(120)
    assert play.wanted == [("notify_manager:missing", None, 2)]


# --- idle teams -----------------------------------------------------------------------------------------------------


def test_an_idle_team_is_told_after_three_and_five_minutes_and_a_person_after_eight() -> None:
    play, first = Play(), {}
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    for second in range(10, 1000, 10):
        play.see()
        for one in play.wanted:
            if one[0] in {"notify_manager:team_idle", "escalate"}:
                first.setdefault(one, second)
    assert first == {
        ("notify_manager:team_idle", "%9", 1): 180,
        ("notify_manager:team_idle", "%9", 2): 300,
        ("notify_manager:team_idle", "%9", 3): 600,
        ("escalate", "%9", 1): 480,
        ("escalate", "%9", 2): 780,
    }


@pytest.mark.parametrize("wakes", [{"ansi": BUSY}, {"typed_at": NOON + 170}])
def test_who_works_or_is_worked_with_ends_the_idleness_of_a_team(wakes: dict[str, object]) -> None:
    play = Play()
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    play.over(160)
    play.see(pane("%1", **{"ansi": IDLE, **wakes}), pane("%2"), manager(screen=IDLE))
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    play.over(160)
    assert "notify_manager:team_idle" not in [what for what, _, _ in play.wanted]


def test_one_look_that_shows_nothing_neither_starts_nor_ends_it() -> None:
    play = Play()
    play.see(pane("%1"), manager(screen=IDLE))
    play.over(100)
    play.see(pane("%1", "?\n"), manager(screen=IDLE))
    play.see(pane("%1"), manager(screen=IDLE))
    play.over(60)
    assert ("notify_manager:team_idle", "%9", 1) in play.wanted


# --- managers -------------------------------------------------------------------------------------------------------


def test_a_manager_is_replaced_at_most_three_times_an_hour_with_five_minutes_between() -> None:
    play, spawned = Play(), []
    play.see(pane("%1", BUSY), manager(**DEAD))
    outcomes: tuple[Outcome, ...] = ()
    for _ in range(3500 // 10):
        play.see(outcomes=outcomes)
        outcomes = ()
        if ("spawn_manager", "%9", 1) in play.wanted:
            spawned.append(play.clock.now() - NOON)
            outcomes = (play.done("spawn_manager", "%9"),)  # and it died again before it was seen
    assert len(spawned) == 3
    assert spawned[0] >= 180
    assert all(later - earlier >= 300 for earlier, later in pairwise(spawned))
    assert ("escalate", "%9", 1) not in play.wanted
    assert "escalate" in [what for what, _, _ in play.wanted], "a person is still asked"


def test_a_word_on_a_managers_screen_never_costs_it_its_life() -> None:
    play = Play()
    play.see(pane("%1", BUSY), manager(screen=IDLE.replace("Done.", "Killed\nme@box:~$ claude: command not found")))
    play.over(3600, every=60)
    assert {"spawn_manager", "kill_window"}.isdisjoint(what for what, _, _ in play.wanted)


def test_a_manager_that_is_back_is_told_once_how_things_stand() -> None:
    play = Play()
    play.see(pane("%1", BUSY), pane("%2", APPROVAL, window="claude-two"), manager(**DEAD))
    play.over(120)
    report = play.see(pane("%1", BUSY), pane("%2", APPROVAL, window="claude-two"), manager("%7"))
    assert ("notify_manager:recovery", "%7", 1) in play.wanted
    (told,) = [intent for intent in report.intents if wish(intent) == "notify_manager:recovery"]
    assert "claude-two is waiting approval, claude-worker is busy" in getattr(told, "text", "")
    play.see(outcomes=(play.done("notify_manager:recovery", "%7"),))
    assert "notify_manager:recovery" not in [what for what, _, _ in play.wanted]
