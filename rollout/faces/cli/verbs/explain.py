"""`understudy explain`: the rule and the lines behind the verdicts on a pane, or the entry of a term."""

from typing import Annotated, Any

import typer

from rollout.faces.cli.agent_rows import agent_rows, state_text
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.glossary import explain_term
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import ago, emit, paint, say
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.verb import verb
from rollout.loop.monitor_role import MonitorRole
from rollout.store.server_selection import ServerSelection
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict


@verb("explain", "explain %12", "explain spell")
def explain(
    what: Annotated[
        str, typer.Argument(metavar="PANE|TERM", help="A pane's id, such as %12, or a term, such as spell.")
    ],
    *,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Show the rule and the lines behind each monitor's verdict on a pane, or define a term."""
    if not what.startswith("%"):
        return explain_term(what, as_json=as_json)
    return _explain_pane(what, server, as_json=as_json)


def _explain_pane(pane: str, server: ServerSelection, *, as_json: bool) -> Exit:
    """Print for one pane each monitor's verdict, its rule, the matched lines and its intents."""
    with open_server_data(server) as found:
        reports, now = found.reports(), found.last_cycle.at if found.last_cycle else 0.0
    verdicts = dict(agent_rows(reports)).get(pane)
    if verdicts is None:
        known = ", ".join(name for name, _ in agent_rows(reports)) or "none"
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
    state = paint(state_text(verdict), "bold")
    say(f"{part} ({report.monitor} {report.version}): {state} for {ago(now - verdict.since)}")
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
