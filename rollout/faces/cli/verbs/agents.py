"""`understudy agents` and `explain`: each monitor's verdict on each agent, and its reason."""

from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import ago, emit, note, paint, say, table
from rollout.faces.cli.reading import doubts, open_server_data
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.monitor_role import MonitorRole
from understudy.record import instant_text
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict

_Row = tuple[str, dict[MonitorRole, AgentVerdict]]


def agents(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """List every agent of the last reports, session by session."""
    with open_server_data(socket_name, socket_path) as found:
        reports, cycle = found.reports(), found.last_cycle
    rows = _rows(reports)
    if as_json:
        emit({"at": cycle and instant_text(cycle.at), "agents": [_as_json(pane, verdicts) for pane, verdicts in rows]})
        return Exit.OK
    if cycle is None:
        note(NOTHING_YET)
    elif not rows:
        note("The last look saw no agent. Check the server with: understudy doctor")
    table(
        (_line(pane, verdicts) for pane, verdicts in rows),
        header=("pane", "where", "agent", "incumbent", "candidate", ""),
    )
    for part, report in reports.items():
        for problem in report.problems:
            if problem.hides:
                note(f"{part} could not see: {problem.text or problem.kind}")
    for doubt in doubts(reports):
        note(doubt)
    return Exit.OK


def explain(pane: str, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Print for one pane each monitor's verdict, its rule, the matched lines and its intents."""
    with open_server_data(socket_name, socket_path) as found:
        reports, now = found.reports(), found.last_cycle.at if found.last_cycle else 0.0
    verdicts = dict(_rows(reports)).get(pane)
    if verdicts is None:
        known = ", ".join(name for name, _ in _rows(reports)) or "none"
        raise Stop(Exit.USAGE, f"no agent was seen in pane {pane} at the last look; seen were: {known}")
    if as_json:
        emit({"pane": pane, "monitors": {part: _explained(part, verdicts, reports) for part in reports}})
        return Exit.OK
    first = next(iter(verdicts.values()))
    say(paint(f"{pane}  {first.session}:{first.window_index} {first.window}  ({first.agent}, {first.role})", "bold"))
    for part, report in reports.items():
        _tell(part, report, verdicts.get(part), pane, now)
    return Exit.OK


def _tell(part: MonitorRole, report: CycleReport, verdict: AgentVerdict | None, pane: str, now: float) -> None:
    say()
    if verdict is None:
        say(f"{part} ({report.monitor} {report.version}): sees no agent there")
        return
    say(f"{part} ({report.monitor} {report.version}): {paint(_state(verdict), 'bold')} for {ago(now - verdict.since)}")
    say(f"  rule   {verdict.why.rule}")
    for line in verdict.why.lines:
        say(f"  line   | {line}")
    for intent in report.intents:
        if intent.pane == pane:
            say(f"  intent {intent.kind} (no. {intent.ordinal}): {intent.reason}")


def _explained(
    part: MonitorRole, verdicts: dict[MonitorRole, AgentVerdict], reports: dict[MonitorRole, CycleReport]
) -> dict[str, Any]:
    report, verdict = reports[part], verdicts.get(part)
    pane = next(iter(verdicts.values())).pane
    return {
        "monitor": report.monitor,
        "version": report.version,
        "verdict": verdict and verdict.model_dump(mode="json"),
        "intents": [intent.model_dump(mode="json") for intent in report.intents if intent.pane == pane],
    }


def _rows(reports: dict[MonitorRole, CycleReport]) -> list[_Row]:
    rows: dict[str, dict[MonitorRole, AgentVerdict]] = {}
    for part, report in reports.items():
        for pane, verdict in report.verdicts.items():
            rows.setdefault(pane, {})[part] = verdict
    return sorted(rows.items(), key=lambda row: _place(next(iter(row[1].values()))))


def _place(verdict: AgentVerdict) -> tuple[str, int, str]:
    return verdict.session, verdict.window_index, verdict.pane


def _line(pane: str, verdicts: dict[MonitorRole, AgentVerdict]) -> tuple[str, ...]:
    first = next(iter(verdicts.values()))
    said = [_state(verdicts[part]) if part in verdicts else "-" for part in MonitorRole]
    states = {verdict.state for verdict in verdicts.values()}
    differs = len(states) > 1 or len(verdicts) < len(MonitorRole)
    return (
        pane,
        f"{first.session}:{first.window_index} {first.window}",
        first.agent,
        *said,
        "differs" if differs and len(said) > 1 else "",
    )


def _state(verdict: AgentVerdict) -> str:
    return verdict.state.value + (f" ({verdict.detail.value})" if verdict.detail else "")


def _as_json(pane: str, verdicts: dict[MonitorRole, AgentVerdict]) -> dict[str, Any]:
    first = next(iter(verdicts.values()))
    return {
        "pane": pane,
        "session": first.session,
        "window": first.window,
        "agent": first.agent,
        "role": first.role,
        "monitors": {
            part: {
                "state": verdict.state,
                "detail": verdict.detail,
                "rule": verdict.why.rule,
                "since": verdict.model_dump(mode="json")["since"],
            }
            for part, verdict in verdicts.items()
        },
    }
