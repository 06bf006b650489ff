"""The verdicts on agents; an unchanged verdict is the same object."""

from collections.abc import Mapping
from typing import NamedTuple

from modular.memory import AgentMemory
from modular.observing.survey import SurveyResult
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting
from understudy import AgentState, AgentVerdict, Why

WAITS = Why(rule="strategy.waits")
"""The rule for an agent that the strategy left out of this cycle: no state rests on an older screen."""


class VerdictCache:
    """Makes verdicts, and keeps those of one look for the next."""

    def __init__(self) -> None:
        self._cached: dict[str, _CachedVerdict] = {}
        """By identity."""

    def of(
        self, seen: SurveyResult, attended: frozenset[str], looked_at: Mapping[str, float], now: float
    ) -> dict[str, AgentVerdict]:
        """Return the verdicts on all agents in view, by pane.

        `attended` are those that a person or manager is busy with; `looked_at` has the last look at each that waits.
        """
        before, self._cached = self._cached, {}
        verdicts: dict[str, AgentVerdict] = {}
        for key, sighting in seen.sightings.items():
            agent, reading, is_attended = seen.agents[key], seen.readings.get(key), key in attended
            cached = before.get(key)
            if (
                cached is None
                or cached.agent is not agent
                or cached.reading is not reading
                or cached.sighting is not sighting
                or cached.verdict.attended is not is_attended
            ):
                index = sighting.shot.window_index
                if reading is None:
                    verdict = _verdict(agent, index, AgentState.UNKNOWN, looked_at.get(key, now), WAITS)
                else:
                    verdict = _cached_verdict(cached and cached.verdict, index, agent, reading, attended=is_attended)
                cached = _CachedVerdict(sighting, agent, reading, verdict)
            self._cached[key] = cached
            verdicts[agent.pane] = cached.verdict
        return verdicts


class _CachedVerdict(NamedTuple):
    """A verdict and its inputs."""

    sighting: Sighting
    agent: AgentMemory
    reading: Reading | None
    verdict: AgentVerdict


def _cached_verdict(
    last: AgentVerdict | None, index: int, agent: AgentMemory, reading: Reading, *, attended: bool
) -> AgentVerdict:
    same_why = last is not None and last.why.rule == reading.rule and last.why.lines == reading.lines
    why = last.why if last is not None and same_why else Why(rule=reading.rule, lines=reading.lines)
    if last is not None and _same_verdict(last, agent) and (last.window_index, last.attended) == (index, attended):
        # the screen changed, and the verdict did not, or only its evidence did
        return last if same_why else last.model_copy(update={"why": why})
    return _verdict(agent, index, agent.state, agent.since, why, attended=attended)


def _same_verdict(verdict: AgentVerdict, agent: AgentMemory) -> bool:
    return (
        verdict.state is agent.state
        and verdict.since == agent.since
        and verdict.detail is agent.detail
        and verdict.agent == agent.agent
        and verdict.role is agent.role
        and verdict.window == agent.window
        and verdict.session == agent.session
        and verdict.pid == agent.pid
    )


def _verdict(
    agent: AgentMemory, index: int, state: AgentState, since: float, why: Why, *, attended: bool = False
) -> AgentVerdict:
    return AgentVerdict(
        pane=agent.pane,
        pid=agent.pid,
        session=agent.session,
        window=agent.window,
        window_index=index,
        role=agent.role,
        agent=agent.agent,
        state=state,
        detail=agent.detail if state is agent.state else None,
        since=since,
        why=why,
        attended=attended,
    )
