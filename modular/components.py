"""Every component that wants things done, wired in this one place: each advances its own slice of the memory.

The order is the dependency: limits hold drafts and notices back, stuck drafts are told of, the rest stands alone.
"""

from collections.abc import Mapping
from typing import Any

from modular.engine_memory import EngineMemory
from modular.intents import drafts, limits, missing, recovery, teams
from modular.intents.fleet_view import FleetView
from modular.intents.notifications import NotificationManager
from modular.intents.wording import Wording
from understudy import Intent


class Components:
    """The components of one service."""

    def __init__(self, wording: Wording) -> None:
        self._notifications = NotificationManager(wording)

    def advance(self, before: EngineMemory, look: FleetView) -> tuple[Mapping[str, Any], list[Intent]]:
        """Advance by one look; return the slices after it by their names in `EngineMemory`, and the intents."""
        limited, pauses = limits.advance(before.limits, look)
        drafted, submits = drafts.advance(before.drafts, look, limited)
        stuck = drafts.stuck(drafted, look.now)
        noticed, notices = self._notifications.advance(before.notices, look, limited, stuck)
        missed, losses = missing.advance(before.missing, look)
        idle, ladders = teams.advance(before.teams, look)
        recovered, spawns = recovery.advance(before.recovery, look)
        slices = {
            "limits": limited,
            "drafts": drafted,
            "notices": noticed,
            "missing": missed,
            "teams": idle,
            "recovery": recovered,
        }
        return slices, [*pauses, *submits, *notices, *losses, *ladders, *spawns]
