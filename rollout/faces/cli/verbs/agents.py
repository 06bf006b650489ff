"""`understudy agents` and `explain`: each monitor's verdict on each agent, and its reason."""

from typing import Any

from rollout.faces.cli.agent_rows import agent_rows, state_text
from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, note, table
from rollout.faces.cli.reading import doubts, open_server_data
from rollout.faces.cli.verb import verb
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.monitor_role import MonitorRole
from rollout.store.server_selection import ServerSelection
from understudy.record import instant_text
from understudy.verdicts import AgentVerdict


@verb("agents", "agents", "agents --json")
def agents(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """List the agents as each monitor sees them."""
    with open_server_data(server) as found:
        reports, cycle = found.reports(), found.last_cycle
    rows = agent_rows(reports)
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


def _line(pane: str, verdicts: dict[MonitorRole, AgentVerdict]) -> tuple[str, ...]:
    first = next(iter(verdicts.values()))
    said = [state_text(verdicts[part]) if part in verdicts else "-" for part in MonitorRole]
    states = {verdict.state for verdict in verdicts.values()}
    differs = len(states) > 1 or len(verdicts) < len(MonitorRole)
    return (
        pane,
        f"{first.session}:{first.window_index} {first.window}",
        first.agent,
        *said,
        "differs" if differs and len(said) > 1 else "",
    )


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
