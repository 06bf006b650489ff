"""What is said of each agent, in the contract's words; the same object for as long as nothing about it changes."""

from collections.abc import Mapping
from typing import NamedTuple

from modular.memory import AgentMemory
from modular.observing.survey import SurveyResult
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting
from understudy import AgentState, AgentVerdict, Why

WAITS = Why(rule="strategy.waits")
"""Of whom the strategy did not look at in this cycle: nothing is said on an older screen."""


class VerdictCache:
    """Makes verdicts, and keeps those of one look for the next."""

    def __init__(self) -> None:
        self._said: dict[str, _CachedVerdict] = {}
        """By identity."""

    def of(
        self, seen: SurveyResult, attended: frozenset[str], looked_at: Mapping[str, float], now: float
    ) -> dict[str, AgentVerdict]:
        """Say by pane what is known of everybody in view.

        `attended` are those that somebody is busy with; `looked_at` says when those were looked at last that wait now.
        """
        before, self._said = self._said, {}
        verdicts: dict[str, AgentVerdict] = {}
        for key, sighting in seen.sightings.items():
            agent, reading, is_attended = seen.agents[key], seen.readings.get(key), key in attended
            said = before.get(key)
            if (
                said is None
                or said.agent is not agent
                or said.reading is not reading
                or said.sighting is not sighting
                or said.verdict.attended is not is_attended
            ):
                index = sighting.shot.window_index
                if reading is None:
                    verdict = _verdict(agent, index, AgentState.UNKNOWN, looked_at.get(key, now), WAITS)
                else:
                    verdict = _cached_verdict(said and said.verdict, index, agent, reading, attended=is_attended)
                said = _CachedVerdict(sighting, agent, reading, verdict)
            self._said[key] = said
            verdicts[agent.pane] = said.verdict
        return verdicts


class _CachedVerdict(NamedTuple):
    """A verdict, and what it was made of."""

    sighting: Sighting
    agent: AgentMemory
    reading: Reading | None
    verdict: AgentVerdict


def _cached_verdict(
    last: AgentVerdict | None, index: int, agent: AgentMemory, reading: Reading, *, attended: bool
) -> AgentVerdict:
    same_why = last is not None and last.why.rule == reading.rule and last.why.lines == reading.lines
    why = last.why if last is not None and same_why else Why(rule=reading.rule, lines=reading.lines)
    if last is not None and _says_the_same(last, agent) and (last.window_index, last.attended) == (index, attended):
        # the screen changed, and nothing that is said of it, or only what shows it
        return last if same_why else last.model_copy(update={"why": why})
    return _verdict(agent, index, agent.state, agent.since, why, attended=attended)


def _says_the_same(verdict: AgentVerdict, agent: AgentMemory) -> bool:
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
