"""The service: what a whole cycle sees, wants and remembers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Never

import pytest
from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, OURS, RULE, SHELL, SIGN, DrawnSource, manager, pane

from modular.service import MonitorService
from understudy import CycleReport, Scope, VirtualClock
from understudy.intents import intent_key
from understudy.outcomes import EVERYTHING, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modular.memory import AgentMemory
    from modular.reading.classifier import Reading
    from modular.reading.discovery import Sighting
    from understudy import PaneShot


class Stage:
    """A service, its eyes and its clock."""

    def __init__(self) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self.source = DrawnSource(self.clock)
        self.service = MonitorService()

    def see(
        self,
        *panes: PaneShot,
        after: float = 10.0,
        scope: Scope = EVERYTHING,
        outcomes: Sequence[Outcome] = (),
    ) -> CycleReport:
        self.clock.sleep(after)
        if panes:
            self.source.show(*panes)
        return self.service.cycle("c", self.source, self.clock, scope, outcomes)


def wishes(report: CycleReport) -> list[tuple[str, str | None, int]]:
    return [(intent_key(intent), intent.pane, intent.ordinal) for intent in report.intents]


def test_an_idle_worker_is_told_to_its_manager_at_first_sight() -> None:
    report = Stage().see(pane("%1"), manager())
    assert wishes(report) == [("notify_manager:idle", "%1", 1)]
    assert report.intents[0].target == "%9"


def test_a_notice_stands_with_one_ordinal_until_the_reminder_is_due() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    assert wishes(stage.see(after=299)) == [("notify_manager:idle", "%1", 1)]
    assert wishes(stage.see(after=1)) == [("notify_manager:idle", "%1", 2)]
    assert wishes(stage.see(after=599)) == [("notify_manager:idle", "%1", 2)]


def test_work_withdraws_the_notice_and_the_next_idleness_begins_anew() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    stage.see(after=400)
    assert wishes(stage.see(pane("%1", BUSY), manager())) == []
    assert wishes(stage.see(pane("%1"), manager())) == [("notify_manager:idle", "%1", 1)]


def test_a_manager_hears_nothing_about_its_own_idleness() -> None:
    assert wishes(Stage().see(manager(screen=IDLE))) == []


def test_without_a_manager_idleness_is_not_reported_and_a_crash_goes_to_a_person() -> None:
    stage = Stage()
    assert wishes(stage.see(pane("%1"))) == []
    assert wishes(stage.see(pane("%1", SHELL, processes=("bash",)))) == [("escalate", "%1", 1)]


def test_an_agent_whose_process_left_stays_an_agent_and_is_crashed() -> None:
    stage = Stage()
    stage.see(pane("%1", window="notes"), manager())
    report = stage.see(pane("%1", IDLE, window="notes", processes=("bash",)), manager())
    assert report.verdicts["%1"].state == "crashed"
    assert report.verdicts["%1"].agent == "claude"
    assert wishes(report) == [("notify_manager:crash", "%1", 1)]


def test_a_crashed_agent_is_called_what_it_was_for_as_long_as_its_shell_stands_there() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    for screen in (SHELL, SHELL + "user@host:~$ ls\nuser@host:~$ ", ""):
        verdict = stage.see(pane("%1", screen, processes=("bash",)), manager()).verdicts["%1"]
        assert (verdict.state, verdict.agent) == ("crashed", "claude")
    verdict = stage.see(pane("%1", SHELL, processes=()), manager()).verdicts["%1"]
    assert (verdict.why.rule, verdict.agent) == ("shell.prompt", "claude")


def test_a_shell_in_which_no_agent_was_ever_seen_is_called_a_shell() -> None:
    stage = Stage()
    for _ in range(2):
        shown = stage.see(pane("%1", SHELL, window="claude-dev", processes=("bash",)), manager())
        assert (shown.verdicts["%1"].state, shown.verdicts["%1"].agent) == ("crashed", "shell")


def test_a_plain_shell_under_another_name_is_no_agent() -> None:
    assert Stage().see(pane("%1", SHELL, window="notes", processes=("bash",))).verdicts == {}


def test_a_draft_is_sent_only_after_it_stood_still() -> None:
    stage = Stage()
    assert wishes(stage.see(pane("%1", OURS), manager())) == []
    assert wishes(stage.see(pane("%1", OURS), manager(), after=10)) == [("submit_draft", "%1", 1)]


def test_a_draft_that_grows_is_being_typed() -> None:
    stage = Stage()
    for length in range(5):
        typed = OURS.replace("parser", "parser" + "!" * length)
        assert wishes(stage.see(pane("%1", typed), manager(), after=7)) == []


def test_attempts_count_only_keys_that_were_really_pressed() -> None:
    stage = Stage()
    stage.see(pane("%1", OURS), manager())
    stage.see(after=10)
    told = Outcome(
        intent_key="submit_draft",
        pane="%1",
        session="team",
        ordinal=1,
        result=Result.WATCH_ONLY,
        done=False,
        at=stage.clock.now(),
    )
    assert wishes(stage.see(after=20, outcomes=[told])) == [("submit_draft", "%1", 1)]
    done = told.model_copy(update={"result": Result.DELIVERED, "done": True, "at": stage.clock.now()})
    assert wishes(stage.see(after=5, outcomes=[done])) == [("submit_draft", "%1", 1)]
    assert wishes(stage.see(after=10)) == [("submit_draft", "%1", 2)]


def test_a_draft_that_would_not_go_is_told_to_the_manager() -> None:
    stage = Stage()
    stage.see(pane("%1", OURS), manager())
    for ordinal in range(1, 6):
        stage.see(after=15)
        done = Outcome(
            intent_key="submit_draft",
            pane="%1",
            session="team",
            ordinal=ordinal,
            result=Result.DELIVERED,
            done=True,
            at=stage.clock.now(),
        )
        stage.see(after=1, outcomes=[done])
    assert wishes(stage.see(after=10)) == [("notify_manager:draft", "%1", 1)]


def test_no_draft_is_sent_behind_an_approval_dialog() -> None:
    stage = Stage()
    stage.see(pane("%1", OURS), manager())
    report = stage.see(pane("%1", OURS + APPROVAL), manager(), after=60)
    assert wishes(report) == [("notify_manager:approval", "%1", 1)]


def test_the_scope_filters_intents_and_not_verdicts() -> None:
    report = Stage().see(pane("%1"), manager(), scope=Scope(sessions={}))
    assert (len(report.verdicts), report.intents) == (2, ())


def test_memory_survives_a_restart_exactly() -> None:
    one, other = Stage(), Stage()
    one.see(pane("%1"), pane("%2", DRAFT), manager())
    one.see(after=400)
    memory = json.loads(json.dumps(one.service.memory()))
    other.clock.sleep(410.0)
    other.service.recall(memory)
    assert other.see(pane("%1"), pane("%2", DRAFT), manager()) == one.see()


def test_memory_of_another_version_is_a_first_day() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    stage.service.recall({"version": 99, "agents": {"%1/1001": "?"}})
    assert stage.service.memory() == {"version": 2}


def test_memory_holds_no_text_of_any_screen() -> None:
    stage = Stage()
    stage.see(pane("%1", DRAFT), manager())
    assert "parser" not in json.dumps(stage.service.memory())


def test_a_pane_that_vanished_is_a_problem_and_its_agent_unknown() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    report = stage.see(pane("%1", "", vanished=True), manager())
    assert report.verdicts["%1"].state == "unknown"
    assert [problem.kind for problem in report.problems] == ["pane_vanished"]


def test_doubt_for_one_look_neither_withdraws_nor_repeats_a_notice() -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    assert wishes(stage.see(pane("%1", "?\n"), manager())) == [("notify_manager:idle", "%1", 1)]
    assert wishes(stage.see(pane("%1"), manager())) == [("notify_manager:idle", "%1", 1)]


def test_an_agent_that_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    original = stage.service._survey.sampling.readings.of

    def of(sighting: Sighting, known: AgentMemory | None) -> Reading:
        if sighting.shot.pane == "%1":
            raise RuntimeError("bad luck")
        return original(sighting, known)

    monkeypatch.setattr(stage.service._survey.sampling.readings, "of", of)
    report = stage.see(pane("%1"), pane("%2"), manager())
    assert [report.verdicts[name].state for name in ("%1", "%2")] == ["unknown", "idle"]
    assert report.problems[0].text == "RuntimeError: bad luck"


def test_two_panes_of_one_window_are_two_agents() -> None:
    report = Stage().see(pane("%1", window_id="@1"), pane("%2", BUSY, window_id="@1", active=False))
    assert {name: verdict.state for name, verdict in report.verdicts.items()} == {"%1": "idle", "%2": "busy"}


def test_a_frame_is_asked_for_once_where_one_settles_everything() -> None:
    stage = Stage()
    stage.see(pane("%1", BUSY), pane("%2", APPROVAL), manager())
    assert stage.source.looks == [(1, None)]


def test_idle_agents_are_looked_at_for_motion_once_and_while_they_stand_still_no_more() -> None:
    stage = Stage()
    for _ in range(3):
        stage.see(pane("%1"), pane("%2", BUSY), manager())
    assert [look for look in stage.source.looks if look[0] > 1] == [(4, ["%1"])]


def test_an_unchanged_pane_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    for _ in range(2):
        stage.see(pane("%1"), manager())

    def refuse(*_args: object, **_kwargs: object) -> Never:
        raise AssertionError("read again")

    monkeypatch.setattr("modular.observing.readings.classify", refuse)
    assert stage.see(pane("%1"), manager()).problems == ()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"title": "◐ Claude Code"}, "busy"),
        ({"processes": ("bash",)}, "crashed"),
        ({"dead": True}, "crashed"),
        ({"vanished": True}, "unknown"),
        ({"processes": (), "command": "zsh"}, "crashed"),
    ],
)
def test_a_pane_whose_text_stands_still_is_read_again_when_anything_else_changed(
    changes: dict[str, object], state: str
) -> None:
    stage = Stage()
    stage.see(pane("%1"), manager())
    assert stage.see(pane("%1", **changes), manager()).verdicts["%1"].state == state


STREAM = f"{SIGN} go\n\n  First the beans\n\n╭{RULE}╮\n│ > {'':<57} │\n╰{RULE}╯\n"
"""A CLI that no rules know, with an empty composer: only motion can tell whether it works."""


def test_more_frames_are_asked_for_only_where_one_settles_nothing_and_the_screen_changed() -> None:
    stage, known = Stage(), {"processes": ("bash", "node", "newcli")}
    stage.see(pane("%1", STREAM, **known), manager())
    assert stage.source.looks == [(1, None), (4, ["%1"])]
    stage.see(pane("%1", STREAM, **known), manager())
    assert stage.source.looks[2:] == [(1, None)]


def test_the_cli_last_seen_behind_an_interpreter_is_remembered_while_nothing_is_drawn() -> None:
    stage, behind = Stage(), {"processes": ("bash", "node")}
    stage.see(pane("%1", "✦ Done.\nGemini CLI\n", **behind), manager())
    report = stage.see(pane("%1", "\n", **behind), manager())
    assert (report.verdicts["%1"].agent, report.verdicts["%1"].state) == ("gemini", "starting")


def test_an_agent_whose_pane_is_gone_is_missed_after_two_minutes_and_not_for_ever() -> None:
    stage = Stage()
    stage.see(pane("%1", BUSY), manager())
    assert wishes(stage.see(manager())) == []
    assert wishes(stage.see(after=119)) == []
    assert wishes(stage.see(after=1)) == [("notify_manager:missing", None, 1)]
    assert wishes(stage.see(after=1800)) == [("notify_manager:missing", None, 2)]
    assert wishes(stage.see(after=5400)) == [("notify_manager:missing", None, 3)]
    assert wishes(stage.see(after=1800)) == []


def test_an_agent_that_came_back_in_another_pane_of_its_name_is_not_missed() -> None:
    stage = Stage()
    stage.see(pane("%1", BUSY, window="claude-one"), manager())
    stage.see(pane("%2", BUSY, window="claude-one"), manager())
    assert wishes(stage.see(after=300)) == []


def test_a_manager_that_died_is_a_persons_at_once_and_replaced_after_three_minutes() -> None:
    stage, dead = Stage(), {"screen": SHELL, "processes": ("bash",)}
    stage.see(pane("%1", BUSY), manager())
    assert wishes(stage.see(pane("%1", BUSY), manager(**dead))) == [("escalate", "%9", 1)]
    stage.see(after=60)
    assert wishes(stage.see(after=119)) == [("escalate", "%9", 1)]
    assert wishes(stage.see(after=1)) == [("escalate", "%9", 1), ("spawn_manager", "%9", 1)]


def test_one_missed_look_at_a_manager_leads_to_nothing() -> None:
    stage = Stage()
    stage.see(pane("%1", BUSY), manager())
    assert wishes(stage.see(pane("%1", BUSY), manager(screen="", vanished=True), after=600)) == []
    assert wishes(stage.see(pane("%1", BUSY), after=60)) == []
    assert wishes(stage.see(pane("%1", BUSY), manager(), after=60)) == []


def test_a_manager_whose_window_was_closed_is_asked_about_and_not_replaced() -> None:
    stage = Stage()
    stage.see(pane("%1", BUSY), manager())
    stage.see(pane("%1", BUSY))
    report = stage.see(after=600)
    assert wishes(report) == [("escalate", None, 1)]
    assert report.intents[0].session == "team"
