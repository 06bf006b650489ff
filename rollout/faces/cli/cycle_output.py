"""How a cycle is told: as the JSON that scripts rely on, or in one line."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from rollout.faces.cli.output import emit, say
from rollout.judgement.chain import Transition
from rollout.loop.cycle_result import CycleResult
from rollout.loop.monitor_role import MonitorRole
from shadow.differences import Difference
from understudy.intents import Intent
from understudy.outcomes import Outcome
from understudy.record import instant_text
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict


class CycleOutput(Protocol):
    """Is shown every cycle."""

    def tell(self, cycle_result: CycleResult) -> None:
        """Say what it came to."""
        ...


class JsonOutput:
    """One JSON object a cycle, a line each."""

    def tell(self, cycle_result: CycleResult) -> None:
        """Write the line."""
        emit(as_document(cycle_result))


class TextOutput:
    """One line a cycle, one for each move of the stage, and one for each doubt of a monitor that is new."""

    def __init__(self) -> None:
        self._doubts: frozenset[tuple[MonitorRole, str, str]] = frozenset()

    def tell(self, cycle_result: CycleResult) -> None:
        """Write the line."""
        agents = {pane for report in cycle_result.reports.values() for pane in report.verdicts}
        parts = [
            datetime.fromtimestamp(cycle_result.at, UTC).astimezone().strftime("%H:%M:%S"),
            f"{cycle_result.rollout_status.stage} ({cycle_result.mode})",
            f"{len(agents)} agents",
            f"{cycle_result.wall_s:.2f} s",
            _differences(cycle_result),
        ]
        if cycle_result.judgement:
            parts.append(
                f"{cycle_result.judgement.verdict}: {cycle_result.judgement.reasons[0]}"
                if cycle_result.judgement.reasons
                else ""
            )
        say("  ".join(filter(None, parts)))
        for part, problem in cycle_result.problems.items():
            say(f"          the {part} failed: {problem}")
        if cycle_result.transition:
            say(f"          {_moved(cycle_result.transition)}")
        self._tell_doubts(cycle_result)

    def _tell_doubts(self, cycle_result: CycleResult) -> None:
        rollout_status = {
            (part, problem.kind, problem.subject): problem.text
            for part, report in cycle_result.reports.items()
            for problem in report.problems
            if not problem.hides
        }
        for key in rollout_status.keys() - self._doubts:
            say(f"          the {key[0]} says: {rollout_status[key]}")
        self._doubts = frozenset(rollout_status)


def _differences(cycle_result: CycleResult) -> str:
    kinds = Counter(one.severity if one.expected is None else "as expected" for one in cycle_result.differences)
    return ", ".join(f"{count} differ {_in(kind)}" for kind, count in kinds.items()) or "no difference"


def _in(kind: str) -> str:
    return kind if kind == "as expected" else f"in {kind}"


def _moved(transition: Transition) -> str:
    move = f"{transition.from_} -> {transition.to} ({transition.exposure_percent} %)"
    return f"{move}: {transition.reason} [audit {transition.head}]"


def as_document(cycle_result: CycleResult) -> dict[str, Any]:
    """A cycle as scripts get it; monitors go by their names, or by their roles where both have the same."""
    names = names_of(cycle_result.reports)
    return {
        "cycle": cycle_result.cycle,
        "at": instant_text(cycle_result.at),
        "seconds": cycle_result.wall_s,
        "mode": cycle_result.mode,
        "act": cycle_result.act,
        "stage": cycle_result.rollout_status.stage,
        "roles": {part: names[part] for part in MonitorRole},
        "owners": {session: names[part] for session, part in cycle_result.routing.owners.items()},
        "reports": {names[part]: _report(report) for part, report in cycle_result.reports.items()},
        "problems": {names[part]: problem for part, problem in cycle_result.problems.items()},
        "outcomes": [_outcome(outcome) for outcome in cycle_result.outcomes],
        "differences": [_difference(difference) for difference in cycle_result.differences],
        "verdict": cycle_result.judgement.verdict if cycle_result.judgement else None,
        "transition": cycle_result.transition
        and {"from": cycle_result.transition.from_, "to": cycle_result.transition.to},
    }


def names_of(reports: Mapping[MonitorRole, CycleReport]) -> dict[MonitorRole, str]:
    """What each part is called: its monitor's name, or the part where that would be said of both."""
    names = {part: reports[part].monitor if part in reports else part.value for part in MonitorRole}
    return names if len(set(names.values())) == len(names) else {part: part.value for part in MonitorRole}


def _report(report: CycleReport) -> dict[str, Any]:
    return {
        "version": report.version,
        "seconds": report.wall_s,
        "waited_seconds": report.waited_s,
        "cpu_seconds": report.cpu_s,
        "agents": {pane: _agent(verdict) for pane, verdict in report.verdicts.items()},
        "intents": [_intent(intent) for intent in report.intents],
        "problems": [problem.model_dump(mode="json") for problem in report.problems],
    }


def _agent(verdict: AgentVerdict) -> dict[str, Any]:
    return {
        "state": verdict.state,
        "detail": verdict.detail,
        "role": verdict.role,
        "agent": verdict.agent,
        "session": verdict.session,
        "window": verdict.window,
        "rule": verdict.why.rule,
    }


def _intent(intent: Intent) -> dict[str, Any]:
    about = {"about": intent.about} if intent.kind == "notify_manager" else {}
    return {
        "kind": intent.kind,
        **about,
        "pane": intent.pane,
        "target": intent.target,
        "ordinal": intent.ordinal,
        "reason": intent.reason,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.intent_key.partition(":")[0],
        "intent_key": outcome.intent_key,
        "pane": outcome.pane,
        "result": outcome.result,
        "why": outcome.why,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "pane": difference.pane,
        "session": difference.session,
        "class": difference.klass,
        "severity": difference.severity,
        "cluster": difference.cluster,
        "expected": difference.expected,
    }
