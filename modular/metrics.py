"""What the engine counts of itself in one cycle, for metrics alone. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

from modular.engine_memory import EngineMemory
from modular.intents.fleet_view import FleetView
from modular.observing.planned import FleetFrame

FIGURES: Final[Mapping[str, str]] = {
    "panes": "Panes on the server.",
    "agents_read": "Agents whose screens were read in this cycle.",
    "agents_waiting": "Agents that the strategy left to a later one.",
    "agents_attended": "Agents with whom a person or their manager was busy.",
    "agents_missing": "Agents whose panes are gone and not forgotten.",
    "round_trips": "Round trips to tmux that the strategy planned.",
    "notices_standing": "Notices that stand about agents.",
    "drafts_standing": "Drafts in composers.",
    "drafts_ours": "Of these those of the harness.",
    "sessions_parked": "Sessions parked for a usage limit.",
    "teams_idle": "Teams in which nobody works.",
    "plugins": "Plugins in force.",
}
"""Every figure by its name."""


def figures(seen: FleetFrame, look: FleetView, memory: EngineMemory, plugins: Collection[str]) -> dict[str, float]:
    """Count; the names are those of `FIGURES`."""
    return {
        "panes": len(seen.panes),
        "agents_read": len(look.readings),
        "agents_waiting": len(look.agents) - len(look.readings),
        "agents_attended": len(look.busy_with),
        "agents_missing": len(look.lost),
        "round_trips": seen.trips,
        "notices_standing": len(memory.notices),
        "drafts_standing": len(memory.drafts),
        "drafts_ours": sum(draft.ours for draft in memory.drafts.values()),
        "sessions_parked": len(memory.limits.pauses),
        "teams_idle": len(memory.teams),
        "plugins": len(plugins),
    }
