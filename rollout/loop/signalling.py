"""What a cycle used: read off the answers, and off the tmux server's process."""

import psutil  # type: ignore[import-untyped]  # it ships no types

from rollout.judgement.signals import CycleUsage
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from understudy.report import CycleReport


def used(observation: Observation, tmux_pid: int | None) -> CycleUsage:
    """What one cycle used; where both watched, who wanted to tell how much, too."""
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
