"""Memory smooths and doubts: idle is confirmed, flicker is said, and rules that fit nothing any more are said too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, RULE, SIGN, DrawnSource, pane
from hypothesis import given
from hypothesis import strategies as st

from modular.reading.classifier import Reading
from modular.service import MonitorService
from modular.tracking.alarms import DRIFT_S
from modular.tracking.flapping import FLIPS_A_MINUTE, flips
from modular.tracking.steadying import confirmed
from modular.tracking.tracker import track
from understudy import AgentState, ProblemKind, VirtualClock
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from understudy import AgentVerdict, CycleReport

STRANGE = "Claude Code 9\n\n  ~ a composer that nobody has seen yet ~\n"


class Watched:
    """One agent, shown frame by frame to a service."""

    def __init__(self, **fields: object) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self.source = DrawnSource(self.clock)
        self.service = MonitorService()
        self.fields = fields

    def shows(self, *screens: str, after: float = 10.0) -> CycleReport:
        """Show it screens 0.3 s apart, oldest first, and look."""
        self.clock.sleep(after)
        self.source.frames = [(pane("%1", screen, **self.fields),) for screen in screens]
        return self.service.cycle("c", self.source, self.clock, EVERYTHING, ())

    def says(self, *screens: str, after: float = 10.0) -> AgentVerdict:
        return self.shows(*screens, after=after).verdicts["%1"]


def kinds(report: CycleReport) -> list[ProblemKind]:
    return [problem.kind for problem in report.problems]


# --- to busy or blocked at once, to idle only when confirmed ----------------------------------------------------------


@pytest.mark.parametrize(("screen", "state"), [(BUSY, "busy"), (APPROVAL, "waiting_approval")])
def test_busy_and_blocked_are_believed_at_once(screen: str, state: str) -> None:
    agent = Watched()
    agent.says(IDLE)
    assert agent.says(IDLE, IDLE, IDLE, screen).state == state


def test_a_composer_without_a_sign_of_work_for_one_frame_is_no_idleness() -> None:
    agent = Watched()
    agent.says(BUSY)
    held = agent.says(BUSY, BUSY, BUSY, IDLE)
    assert (held.state, held.why.rule) == ("busy", "held.claude.composer.empty")
    assert held.why.lines
    assert agent.says(BUSY).state == "busy"


def test_what_moves_above_an_empty_composer_is_at_work_without_any_other_sign() -> None:
    agent = Watched()
    agent.says(IDLE)
    rule = "─" * 60
    streams = [f"{SIGN} go on\n● line{' one more' * number}\n{rule}\n{SIGN} \n{rule}\n" for number in range(4)]
    seen = agent.says(*streams)
    assert (seen.state, seen.why.rule) == ("busy", "any.busy.moving")
    assert agent.says(*[IDLE] * 4).state == "idle"


def test_idle_in_all_frames_is_idle_at_once() -> None:
    agent = Watched()
    agent.says(BUSY)
    assert agent.says(IDLE, IDLE, IDLE, IDLE).state == "idle"


def test_where_there_is_but_one_frame_the_second_look_confirms() -> None:
    agent = Watched()
    agent.says(BUSY)
    assert [agent.says(IDLE).state for _ in range(2)] == ["busy", "idle"]


def test_work_seen_in_every_look_is_never_taken_for_idleness() -> None:
    agent = Watched()
    agent.says(BUSY)
    assert {agent.says(BUSY, IDLE, BUSY, IDLE).state for _ in range(10)} == {"busy"}


def test_since_stands_while_a_state_is_held() -> None:
    agent = Watched()
    began = agent.says(BUSY).since
    assert agent.says(BUSY, IDLE).since == began


def test_an_agent_that_was_never_seen_before_is_taken_at_its_word() -> None:
    assert Watched().says(IDLE).state == "idle"


@given(st.lists(st.sampled_from(["busy", "idle", "waiting_approval", "unknown"]), min_size=1, max_size=4))
def test_only_idleness_is_ever_held(states: list[str]) -> None:
    shots = [pane("%1", state) for state in states]

    def read(shot: object) -> Reading:
        return Reading(AgentState(shot.ansi), None, "r", (), "claude")  # type: ignore[attr-defined]  # a shot

    sighting = type("One", (), {"shot": shots[0], "role": "worker", "key": "%1/1"})()
    before = track(None, sighting, Reading(AgentState.BUSY, None, "r", (), "claude"), 1.0)
    after = confirmed(before, read(shots[-1]), shots, read)
    if states[-1] != "idle":
        assert after.state == states[-1]
    else:
        assert after.state in {"busy", "idle"}
        assert after.state != "idle" or {*states} == {"idle"}


# --- flicker ----------------------------------------------------------------------------------------------------------


def test_a_state_that_comes_back_on_the_same_screens_is_reported_and_no_longer_once_it_settled() -> None:
    agent = Watched()
    screens = [BUSY, APPROVAL] * (FLIPS_A_MINUTE + 1)
    reports = [agent.shows(screen, after=5) for screen in screens]
    quiet, loud = reports[: FLIPS_A_MINUTE + 2], reports[FLIPS_A_MINUTE + 2 :]
    assert {kind for report in quiet for kind in kinds(report)} == set()
    assert {tuple(kinds(report)) for report in loud} == {(ProblemKind.FLICKERS,)}
    assert loud[0].problems[0].text == (
        "claude in %1 went back to an earlier state more than 5 times within a minute, with no new prompt. "
        "It is probably misread. See why: understudy explain %1"
    )
    assert not loud[0].problems[0].hides
    assert kinds(agent.shows(screens[-1], after=60)) == []


def at_rest(turn: int, printed: int) -> str:
    rows = "".join(f"● line {row}\n" for row in range(printed))
    return f"● Before.\n\n{SIGN} task {turn}\n\n{rows}\n{RULE}\n{SIGN} \n{RULE}\n  ? for shortcuts\n"


def at_work(turn: int, printed: int) -> str:
    return at_rest(turn, printed).replace(f"\n{RULE}", f"✻ Kneading… ({printed}s · esc to interrupt)\n\n{RULE}", 1)


def test_work_that_is_over_and_goes_on_in_the_same_turn_is_reported() -> None:
    agent, said = Watched(), list[ProblemKind]()
    for printed in range(8):
        said += kinds(agent.shows(*[at_work(1, printed)] * 4, after=3))
        said += kinds(agent.shows(*[at_rest(1, printed)] * 4, after=3))
    assert set(said) == {ProblemKind.FLICKERS}


def test_an_agent_that_is_asked_again_and_again_does_not_flap_however_quick_its_turns_are() -> None:
    agent, said = Watched(), list[ProblemKind]()
    for turn in range(20):
        said += kinds(agent.shows(*[at_work(turn, 1)] * 4, after=2))
        said += kinds(agent.shows(*[at_rest(turn, 2)] * 4, after=2))
    assert said == []


def test_an_agent_that_asks_before_each_of_many_tools_does_not_flap() -> None:
    agent, said = Watched(), list[ProblemKind]()
    for tool in range(20):
        said += kinds(agent.shows(*[at_work(1, tool)] * 4, after=2))
        said += kinds(agent.shows(*[f"● line {tool}\n{APPROVAL}"] * 4, after=2))
    assert said == []


def test_a_person_who_types_and_deletes_makes_no_agent_flap() -> None:
    agent = Watched()
    assert [kind for screen in [IDLE, DRAFT] * 10 for kind in kinds(agent.shows(*[screen] * 4, after=2))] == []


def test_an_agent_that_works_and_rests_by_turns_does_not_flicker() -> None:
    agent, turns = Watched(), [BUSY, IDLE] * 20
    assert {kind for screen in turns for kind in kinds(agent.shows(*[screen] * 4, after=15))} == set()


@given(st.lists(st.tuples(st.sampled_from(AgentState), st.sampled_from("ab"), st.floats(0.1, 200)), max_size=40))
def test_no_more_is_remembered_of_flips_than_the_alarm_needs(looks: list[tuple[AgentState, str, float]]) -> None:
    now, before = 0.0, None
    for state, screen, wait in looks:
        now += wait
        sighting = type("One", (), {"shot": pane("%1", screen), "role": "worker", "key": "%1/1"})()
        before = track(before, sighting, Reading(state, None, "r", (), "claude", turn=screen), now)
        assert len(before.flips) <= FLIPS_A_MINUTE + 1
        assert list(before.flips) == sorted(before.flips)
        assert len(before.left) <= 3
        assert len({visit.state for visit in before.left}) == len(before.left)
        assert before.state not in {visit.state for visit in before.left[-1:]}
    assert flips(None, AgentState.BUSY, "", "", now) == ()


# --- drift ------------------------------------------------------------------------------------------------------------


def test_a_known_cli_whose_screen_fits_no_rule_is_unknown_and_after_a_while_an_alarm() -> None:
    agent = Watched()
    first = agent.shows(STRANGE)
    assert (first.verdicts["%1"].state, first.verdicts["%1"].agent, kinds(first)) == ("unknown", "claude", [])
    later = agent.shows(STRANGE, after=DRIFT_S)
    assert (later.verdicts["%1"].state, kinds(later)) == ("unknown", [ProblemKind.RULES_DRIFTED])
    assert later.problems[0].subject == "%1"
    assert "no rule has fitted the screen of claude in %1 for 60 s" in later.problems[0].text
    assert kinds(agent.shows(IDLE)) == []


def test_it_never_falls_back_to_idle_however_long_it_stands_still() -> None:
    agent = Watched()
    agent.says(IDLE)
    assert {agent.says(STRANGE, after=60).state for _ in range(60)} == {"unknown"}


def test_an_alarm_outlives_a_restart() -> None:
    agent = Watched()
    agent.shows(STRANGE)
    agent.shows(STRANGE, after=DRIFT_S)
    memory = agent.service.memory()
    agent.service = MonitorService()
    agent.service.recall(memory)
    assert kinds(agent.shows(STRANGE)) == [ProblemKind.RULES_DRIFTED]


def test_a_program_that_no_rules_are_for_drifts_from_none() -> None:
    agent = Watched(processes=("bash", "vim"))
    assert not [kind for _ in range(5) for kind in kinds(agent.shows("~\n~\n", after=60))]
