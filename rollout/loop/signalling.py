"""Usage and outcomes of a cycle: read off the answers, and off the tmux server's process."""

import psutil  # type: ignore[import-untyped]  # it ships no types

from rollout.judgement.outcome import LeaseSeen
from rollout.judgement.signals import CycleUsage
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from rollout.loop.routing.router import Routing
from understudy.report import CycleReport


def used(observation: Observation, tmux_pid: int | None) -> CycleUsage:
    """Return the resources of one cycle, and with both monitors the number of their notices."""
    candidate = observation.answers.get(MonitorRole.CANDIDATE)
    reports = {role: answer.report for role, answer in observation.answers.items() if answer.report is not None}
    intent_keys = (
        {str(role): _notices(report) for role, report in reports.items()} if observation.tape is not None else None
    )
    return CycleUsage(
        rss_bytes=candidate.rss_bytes if candidate else None,
        cpu_s=candidate.cpu_s if candidate else None,
        tmux_rss_bytes=None if tmux_pid is None else _rss(tmux_pid),
        intent_keys=intent_keys,
    )


def leases_seen(observation: Observation, routing: Routing) -> tuple[LeaseSeen, ...]:
    """Return each running lease with its agents and standing notices, by its owner's report.

    A lease whose owner gave no report this cycle is not in it: it goes on with the next report, or is over.
    """
    found = []
    for session, lease in routing.leases.items():
        owner = routing.owners.get(session)
        answer = observation.answers.get(owner) if owner is not None else None
        if owner is None or answer is None or answer.report is None:
            continue
        report = answer.report
        notices = {
            f"{intent.pane} {intent.about}": intent.ordinal
            for intent in report.intents
            if intent.kind == "notify_manager" and intent.session == session
        }
        states = tuple(verdict.state for verdict in report.verdicts.values() if verdict.session == session)
        found.append(LeaseSeen(lease.name, owner is MonitorRole.CANDIDATE, states, notices))
    return tuple(found)


def _notices(report: CycleReport) -> frozenset[str]:
    return frozenset(
        f"{intent.pane} {intent.session} {intent.about} {intent.ordinal}"
        for intent in report.intents
        if intent.kind == "notify_manager"
    )


def _rss(pid: int) -> int | None:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except (psutil.Error, OSError):  # it has ended, or no file can be opened
        return None
