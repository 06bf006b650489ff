"""The memories of the monitors, secrets blanked beside the cycle and collected when it is recorded."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from pydantic import JsonValue

from rollout.loop.hosting.host import HostAnswer
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.side_jobs import SideJobs

_PATIENCE_S: Final = {MonitorRole.INCUMBENT: 10.0, MonitorRole.CANDIDATE: 0.5}
"""Seconds that recording a cycle waits for a memory; a late one is dropped, and the one before stays."""


class KeptMemories:
    """Blanks the secrets in memories, one thread for each monitor."""

    def __init__(self, redact: Mapping[MonitorRole, Callable[[JsonValue], str]]) -> None:
        """Take the redaction of each monitor's memory, which returns JSON."""
        self._redact = redact
        self._jobs = SideJobs[MonitorRole, str](MonitorRole)

    def begin(self, answers: Mapping[MonitorRole, HostAnswer]) -> None:
        """Begin with the memories of the monitors that reported; returns at once."""
        for role, answer in answers.items():
            if answer.report is not None:
                self._jobs.begin(role, partial(self._redact[role], answer.memory))

    def take(self, roles: Iterable[MonitorRole]) -> dict[MonitorRole, str]:
        """Return the memories that are ready in time, as JSON."""
        return {role: text for role in roles if (text := self._jobs.take(role, _PATIENCE_S[role]))}

    def close(self) -> None:
        """Drop running jobs."""
        self._jobs.close()
