"""What is said of each agent, in the contract's words; the same object for as long as nothing about it changes."""

from contract import AgentState, AgentVerdict, Why
from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting

WAITS = Why(rule="strategy.waits")
"""Of whom the strategy did not look at in this cycle: nothing is said on an older screen."""


class Verdicts:
    """Makes verdicts, and keeps them."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[AgentMemory, Reading, int, bool, AgentVerdict]] = {}

    def of(
        self, sighting: Sighting, agent: AgentMemory, reading: Reading | None, looked_at: float, *, attended: bool
    ) -> AgentVerdict:
        """Say what is known of one agent; `looked_at` is when one was looked at last that waits for its look now."""
        index = sighting.shot.window_index
        if reading is None:
            return _verdict(agent, index, AgentState.UNKNOWN, looked_at, WAITS)
        kept = self._kept.get(sighting.key)
        if kept is not None and kept[0] is agent and kept[1] is reading and kept[2:4] == (index, attended):
            return kept[4]
        if kept is not None and _says_the_same(kept[4], agent, reading) and kept[2:4] == (index, attended):
            verdict = kept[4]  # the screen changed, and nothing that is said of it
        else:
            why = Why(rule=reading.rule, lines=reading.lines)
            verdict = _verdict(agent, index, agent.state, agent.since, why, attended=attended)
        self._kept[sighting.key] = (agent, reading, index, attended, verdict)
        return verdict

    def keep_only(self, keys: set[str]) -> None:
        """Forget the panes that are gone."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in keys}


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
