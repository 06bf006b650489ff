"""Looking as a strategy plans it: who is read in this cycle, in which round trips, and who has to wait.

Nothing is concluded from the screen of whom the plan leaves out: it is older than the cycle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from modular.memory import AgentMemory
from modular.strategies import AsyncPolling, Budget, Strategy, WatchedAgent
from understudy import AgentState, PaneShot, ScreenSource
from understudy.record import Record


class ObservationTimes(Record):
    """The slice: when agents were looked at, by identity, in seconds since the epoch; empty where all always are."""

    at: dict[str, float] = Field(default_factory=dict)
    changed: dict[str, float] = Field(default_factory=dict)
    crashed: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FleetFrame:
    """Every pane of the server, in its order; of those that wait the screen is an old one."""

    panes: Sequence[PaneShot]
    waiting: frozenset[str] = frozenset()
    """Pane ids."""
    trips: int = 1
    """Round trips that it took."""


def observe(
    source: ScreenSource,
    strategy: Strategy,
    budget: Budget,
    known: Mapping[str, AgentMemory],
    times: ObservationTimes,
    now: float,
) -> FleetFrame:
    """Look at whom the strategy chooses, and at every pane that is new; at everybody where that would be nobody.

    Raises a `SourceFailed`.
    """
    if isinstance(strategy, AsyncPolling):  # it always plans everybody at once: nobody need be described to it
        return FleetFrame(source.look()[-1].panes)
    watched = [_watched(key, agent, times) for key, agent in known.items() if agent.missing_since is None]
    plan = strategy.plan(watched, now, budget)
    if not plan.waiting and len(plan.batches) <= 1:
        return FleetFrame(source.look()[-1].panes)
    shots: dict[str, PaneShot] = {}
    frame = None
    for batch in plan.batches:
        frame = source.look(panes=batch.panes)[-1]
        shots |= {pane: frame.by_pane[pane] for pane in batch.panes if pane in frame.by_pane}
    trips = len(plan.batches)
    if frame is None:
        frame, trips = source.look(panes=())[-1], 1
    if new := [shot.pane for shot in frame.panes if shot.pane not in shots and shot.key not in known]:
        newest = source.look(panes=new)[-1].by_pane
        shots |= {pane: newest[pane] for pane in new if pane in newest}
        trips += 1
    if not shots:  # whoever asks about a lone pane, such as the guard before a touch, wants it looked at
        return FleetFrame(source.look()[-1].panes, trips=trips + 1)
    panes = tuple(shots.get(shot.pane, shot) for shot in frame.panes)
    return FleetFrame(panes, frozenset(shot.pane for shot in panes if shot.pane not in shots), trips)


def updated_times(
    before: ObservationTimes,
    known: Mapping[str, AgentMemory],
    agents: Mapping[str, AgentMemory],
    read: Mapping[str, object],
    now: float,
) -> ObservationTimes:
    """Enter who was looked at now, and whose screen had changed; those who are gone are forgotten."""
    at, changed, crashed = ({key: t for key, t in times.items() if key in agents} for times in _all(before))
    for key in read:
        agent, last = agents[key], known.get(key)
        at[key] = now
        if last is None or last.screen != agent.screen:
            changed[key] = now
        if agent.state is AgentState.CRASHED:
            crashed[key] = now
    return ObservationTimes(at=at, changed=changed, crashed=crashed)


def _all(times: ObservationTimes) -> tuple[Mapping[str, float], Mapping[str, float], Mapping[str, float]]:
    return times.at, times.changed, times.crashed


def _watched(key: str, agent: AgentMemory, times: ObservationTimes) -> WatchedAgent:
    return WatchedAgent(
        agent.pane, agent.role, agent.state, times.at.get(key), times.changed.get(key), times.crashed.get(key)
    )
