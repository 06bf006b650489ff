"""The agents of the last reports, each with the verdicts on it."""

from rollout.loop.monitor_role import MonitorRole
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict

AgentRow = tuple[str, dict[MonitorRole, AgentVerdict]]
"""A pane, and the verdict of each monitor that sees an agent in it."""


def agent_rows(reports: dict[MonitorRole, CycleReport]) -> list[AgentRow]:
    """Return each agent with the verdicts on it, session by session."""
    rows: dict[str, dict[MonitorRole, AgentVerdict]] = {}
    for part, report in reports.items():
        for pane, verdict in report.verdicts.items():
            rows.setdefault(pane, {})[part] = verdict
    return sorted(rows.items(), key=lambda row: _place(next(iter(row[1].values()))))


def _place(verdict: AgentVerdict) -> tuple[str, int, str]:
    return verdict.session, verdict.window_index, verdict.pane


def state_text(verdict: AgentVerdict) -> str:
    """Return a verdict's state, with its detail if it has one."""
    return verdict.state.value + (f" ({verdict.detail.value})" if verdict.detail else "")
