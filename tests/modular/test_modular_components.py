"""Every component through the one service, on a virtual clock; and without it, its scenario comes to nothing."""

from __future__ import annotations

import json
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest
from drawn_fleet import BUSY, DRAFT, IDLE, OURS, SHELL, manager, pane
from played_service import DEAD, LIMIT, Play

from modular.service import MonitorService

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy import CycleReport, Outcome, PaneShot


# --- each component's scenario: it ends in the intents that this component alone leads to --------------------------


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
    "modular.intents.notifications.NotificationManager.advance": (notices, "notify_manager:idle", "notices"),
    "modular.intents.drafts.advance": (drafts, "submit_draft", "drafts"),
    "modular.intents.limits.advance": (limits, "pause_session", "limits"),
    "modular.intents.missing.advance": (missing, "notify_manager:missing", "missing"),
    "modular.intents.teams.advance": (teams, "notify_manager:team_idle", "teams"),
    "modular.intents.recovery.advance": (recovery, "spawn_manager", "recovery"),
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


@pytest.mark.parametrize("name", ["reading.crash.prompt_at_bottom", "observing.survey.track", "intents.drafts.stuck"])
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


def test_a_crash_is_told_by_the_processes_and_no_text_on_a_screen_is_one() -> None:
    play = Play()
    talk = BUSY.replace("tidy up", "why did it say Killed, Traceback, Segmentation fault, me@box:~$")
    play.see(pane("%1", talk), pane("%2", IDLE.replace("Done.", "bash: claude: command not found")), manager())
    assert ("notify_manager:crash", "%1", 1) not in play.wanted
    assert ("notify_manager:crash", "%2", 1) not in play.wanted
    play.see(pane("%1", talk, processes=("bash",)), manager())
    assert play.wanted == [("notify_manager:crash", "%1", 1)]
