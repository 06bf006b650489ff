"""Coverage: which states, CLIs and sizes the shadow has seen, and which it has not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from shadow.bout import Bout
from shadow.grouping import CountedBout
from understudy.record import Record
from understudy.verdicts import UNKNOWN_AGENT, AgentState

_WIDTHS: Final = (("under 80 columns", 80), ("80 to 119", 120), ("120 to 199", 200), ("200 and more", None))
_HEIGHTS: Final = (("under 24 rows", 24), ("24 to 49", 50), ("50 and more", None))


class StateCount(Record):
    """The number of bouts in which at least one monitor reports a state of a CLI."""

    agent: str
    state: AgentState
    bouts: int


class SizeCount(Record):
    """The number of panes of a class of sizes on the examined tapes."""

    size: str
    panes: int


class Coverage(Record):
    """The states, CLIs and sizes of the evidence: agreement on idle panes proves nothing about crashed ones."""

    agents: tuple[str, ...] = ()
    """The CLIs that are known or occurred."""
    seen: tuple[StateCount, ...] = ()
    """Bouts by CLI and state."""
    required: tuple[AgentState, ...] = ()
    """States that the plan requires."""
    missing: tuple[AgentState, ...] = ()
    """Required states without evidence: seen neither live nor on recordings, and not waived."""
    sizes: tuple[SizeCount, ...] = ()
    tapes: int = 0
    """The number of tapes examined for sizes: the newest ones kept."""

    @property
    def by_agent(self) -> dict[str, dict[AgentState, int]]:
        """CLI -> state -> bouts, for every CLI."""
        table: dict[str, dict[AgentState, int]] = {agent: {} for agent in self.agents}
        for one in self.seen:
            table[one.agent][one.state] = one.bouts
        return table

    @property
    def unseen_agents(self) -> tuple[str, ...]:
        """CLIs that are known and never occurred."""
        met = {one.agent for one in self.seen}
        return tuple(agent for agent in self.agents if agent not in met)

    @property
    def unseen_states(self) -> tuple[AgentState, ...]:
        """States that neither monitor reported."""
        met = {one.state for one in self.seen}
        return tuple(state for state in AgentState if state not in met and state is not AgentState.UNKNOWN)

    @property
    def unseen_sizes(self) -> tuple[str, ...]:
        """Classes of sizes of which no pane was on the tapes; none if no tape was examined."""
        return tuple(one.size for one in self.sizes if not one.panes) if self.tapes else ()


def coverage(
    bouts: Iterable[Bout] = (),
    *,
    counted: Iterable[CountedBout] = (),
    known_agents: Iterable[str] = (),
    required: Iterable[AgentState] = (),
    accounted: Iterable[AgentState] = (),
    sizes: Mapping[tuple[int, int], int] | None = None,
    tapes: int = 0,
) -> Coverage:
    """Sum up what occurred.

    Args:
        bouts: Settled ones.
        counted: Further ones, each with the number of bouts for which it stands.
        known_agents: CLIs that at least one monitor has rules for.
        required: States that the plan requires.
        accounted: States that count as seen, also by recordings or a waiver.
        sizes: (columns, rows) -> panes, on the examined tapes.
        tapes: The number of these tapes.
    """
    met = Counter[tuple[str, AgentState]]()
    for bout, times in (*((bout, 1) for bout in bouts), *counted):
        if bout.pane is not None:
            for state in {bout.incumbent.state, bout.candidate.state} - {None}:
                met[bout.agent, AgentState(state or "")] += times
    known = {state for _, state in met} | set(accounted)
    agents = sorted({*known_agents, *(agent for agent, _ in met)}, key=lambda name: (name == UNKNOWN_AGENT, name))
    return Coverage(
        agents=tuple(agents),
        seen=tuple(
            StateCount(agent=agent, state=state, bouts=met[agent, state])
            for agent in agents
            for state in AgentState
            if met[agent, state]
        ),
        required=tuple(required),
        missing=tuple(state for state in required if state not in known),
        sizes=_sizes(sizes or {}),
        tapes=tapes,
    )


def _sizes(sizes: Mapping[tuple[int, int], int]) -> tuple[SizeCount, ...]:
    counts = Counter[str]()
    for (columns, rows), panes in sizes.items():
        counts[_class(columns, _WIDTHS)] += panes
        counts[_class(rows, _HEIGHTS)] += panes
    return tuple(SizeCount(size=name, panes=counts[name]) for name, _ in (*_WIDTHS, *_HEIGHTS))


def _class(cells: int, classes: tuple[tuple[str, int | None], ...]) -> str:
    return next(name for name, below in classes if below is None or cells < below)
