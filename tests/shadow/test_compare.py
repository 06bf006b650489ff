"""Two reports on one tape, compared."""

import pytest
from shadow_cases import T0, one, report, verdict, want

from shadow.compare import compare
from shadow.differences import DiffClass, Severity
from understudy import AgentRole, CycleReport, Problem, ProblemKind


def test_equal_reports_do_not_differ() -> None:
    both = report([verdict("%1"), verdict("%2", "busy")], [want("notify_manager:idle")])
    assert compare(both, both) == ()


def test_rules_lines_wording_seconds_and_instants_never_count() -> None:
    ours = report([verdict("%1", rule="R6", since=T0)], [want("notify_manager:idle", at=T0)], wall_s=1.0)
    text = want("notify_manager:idle", at=T0 + 1).model_copy(update={"text": "other words", "reason": "another rule"})
    theirs = report([verdict("%1", rule="claude.composer.empty", since=T0 + 9, lines=("> ",))], [text], "new")
    assert compare(ours, theirs) == ()


def test_an_act_weighs_more_than_a_state_and_a_state_more_than_a_detail() -> None:
    ours = report([verdict("%1", detail="fresh"), verdict("%2", "busy"), verdict("%3")])
    theirs = report([verdict("%1", detail="newly"), verdict("%2"), verdict("%3")], [want("notify_manager:idle", "%3")])
    assert [(found.pane, found.severity) for found in compare(ours, theirs)] == [
        ("%3", Severity.ACTION),
        ("%2", Severity.STATE),
        ("%1", Severity.DETAIL),
    ]


def test_a_pane_that_only_one_of_them_sees_is_a_difference() -> None:
    (found,) = compare(report(), one("idle"))
    assert (found.pane, found.incumbent.state, found.candidate.state, found.severity) == ("%1", None, "idle", "state")


def test_a_pane_that_one_of_them_could_not_look_at_is_the_harness_s_difference() -> None:
    blind = report(problems=(Problem(kind=ProblemKind.AGENT_FAILED, subject="%1"),))
    gone = report(problems=(Problem(kind=ProblemKind.SERVER_GONE),))
    assert [found.klass for found in compare(one("idle"), blind)] == [DiffClass.HARNESS]
    assert [found.klass for found in compare(gone, one("idle"))] == [DiffClass.HARNESS]


@pytest.mark.parametrize(("detail", "agent"), [("fresh", "claude"), (None, "codex")])
def test_what_only_one_of_them_can_say_is_no_difference(detail: str | None, agent: str) -> None:
    ours = report([verdict("%1", agent="unknown")])
    assert compare(ours, report([verdict("%1", detail=detail, agent=agent)])) == ()


def test_another_cli_or_role_is_a_detail() -> None:
    ours = report([verdict("%1", agent="claude", role=AgentRole.WORKER)])
    theirs = report([verdict("%1", agent="codex", role=AgentRole.MANAGER)])
    (found,) = compare(ours, theirs)
    assert found.severity is Severity.DETAIL
    assert {change.path for change in found.changes} == {"root['agent']", "root['role']"}


def test_more_reminders_are_a_detail() -> None:
    ours = report([verdict()], [want("notify_manager:error", ordinal=7)])
    theirs = report([verdict()], [want("notify_manager:error", ordinal=2)])
    (found,) = compare(ours, theirs)
    assert (found.severity, found.changes[0].incumbent, found.changes[0].candidate) == ("detail", "7", "2")


def test_the_changes_name_the_values_of_both_sides() -> None:
    (found,) = compare(one("crashed", "kill_window"), one("idle"))
    assert {(c.path, c.incumbent, c.candidate) for c in found.changes} == {
        ("root['state']", "crashed", "idle"),
        ("root['intents']['kill_window']", "1", None),
    }
    assert found.only_incumbent_wants == {"kill_window"}
    assert found.only_candidate_wants == frozenset()


def test_spawning_is_compared_by_session_whatever_pane_it_replaces() -> None:
    ours = report(intents=[want("spawn_manager", "%4")])
    assert compare(ours, report(intents=[want("spawn_manager", None)])) == ()
    (found,) = compare(ours, report())
    assert (found.pane, found.subject, found.severity) == (None, "=team", "action")


def test_the_cluster_is_the_same_for_the_same_pair_of_states_if_an_action_differs_or_not() -> None:
    def cluster(ours: CycleReport, theirs: CycleReport) -> str:
        return compare(ours, theirs)[0].cluster

    first = cluster(one("busy", rule="R2"), one("idle", rule="c.empty"))
    elsewhere = cluster(one("busy", rule="R2", pane="%7"), one("idle", rule="c.empty", pane="%7"))
    other_rule = cluster(one("busy", rule="R5"), one("idle", rule="c.empty"))
    with_act = cluster(one("busy", rule="R2"), one("idle", "notify_manager:idle", rule="c.empty"))
    turned = cluster(one("idle", rule="c.empty"), one("busy", rule="R2"))
    assert first == elsewhere == other_rule
    assert len({first, with_act, turned}) == 3


def test_a_difference_goes_through_json_unharmed() -> None:
    (found,) = compare(one("crashed", "kill_window"), one("idle"))
    assert type(found).model_validate_json(found.model_dump_json()) == found
