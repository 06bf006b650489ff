"""What is said of each agent, in the contract's words; the same object for as long as nothing about it changes."""

from collections.abc import Mapping

from contract import AgentState, AgentVerdict, Why
from modular.looking.survey import Round
from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting

WAITS = Why(rule="strategy.waits")
"""Of whom the strategy did not look at in this cycle: nothing is said on an older screen."""


class Verdicts:
    """Makes verdicts, and keeps those of one look for the next."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[object, AgentVerdict]] = {}
        """By identity, each with what it was made of."""

    def of(
        self, seen: Round, attended: frozenset[str], looked_at: Mapping[str, float], now: float
    ) -> dict[str, AgentVerdict]:
        """Say by pane what is known of everybody in view.

        `attended` are those that somebody is busy with; `looked_at` says when those were looked at last that wait now.
        """
        before, self._said = self._said, {}
        for key, agent in seen.agents.items():
            sighting, reading, is_attended = seen.sightings[key], seen.readings.get(key), key in attended
            made_of = (agent, reading, sighting, is_attended)
            said = before.get(key)
            if reading is None:
                index = sighting.shot.window_index
                verdict = _verdict(agent, index, AgentState.UNKNOWN, looked_at.get(key, now), WAITS)
                said = (made_of, verdict)
            elif said is None or said[0] != made_of:
                last = None if said is None else said[1]
                said = (made_of, _spoken(last, sighting, agent, reading, attended=is_attended))
            self._said[key] = said
        return {verdict.pane: verdict for _, verdict in self._said.values()}


def _spoken(
    last: AgentVerdict | None, sighting: Sighting, agent: AgentMemory, reading: Reading, *, attended: bool
) -> AgentVerdict:
    index = sighting.shot.window_index
    if (
        last is not None
        and _says_the_same(last, agent, reading)
        and (last.window_index, last.attended) == (index, attended)
    ):
        return last  # the screen changed, and nothing that is said of it
    why = Why(rule=reading.rule, lines=reading.lines)
    return _verdict(agent, index, agent.state, agent.since, why, attended=attended)


def _says_the_same(verdict: AgentVerdict, agent: AgentMemory, reading: Reading) -> bool:
    return (
        verdict.state is agent.state
        and verdict.since == agent.since
        and verdict.detail is agent.detail
        and verdict.why.rule == reading.rule
        and verdict.why.lines == reading.lines
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
