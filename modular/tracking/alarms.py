"""Problems of the engine's own readings: rules that fit no screen, flicker, files that it cannot use. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from modular.memory import AgentMemory
from modular.reading.classifier import DOUBT
from modular.rulebook.faults import RuleFault
from modular.rulebook.file import SHELL, UNKNOWN
from modular.tracking.flapping import FLIPS_A_MINUTE, flaps
from understudy import AgentState, Problem, ProblemKind

DRIFT_S: Final = 60.0
"""Seconds for which no rule may fit the screens of a known CLI before its rules count as outdated."""

_NO_CLIS: Final = frozenset({UNKNOWN, SHELL})
"""The names whose rules cannot be outdated: they belong to no CLI."""


def alarms(agents: Iterable[AgentMemory], faults: Iterable[RuleFault], now: float) -> Iterator[Problem]:
    """Return the problems that a person should know; `now` in seconds since the epoch."""
    for fault in faults:
        yield Problem(kind=ProblemKind.RULES_UNUSABLE, subject=fault.file, text=str(fault))
    for agent in agents:
        if agent.missing_since is None and (text := _drifted(agent, now)):
            yield Problem(kind=ProblemKind.RULES_DRIFTED, subject=agent.pane, text=text)
        if agent.flips and flaps(agent, now):
            yield Problem(kind=ProblemKind.FLICKERS, subject=agent.pane, text=_flapped(agent))


def _flapped(agent: AgentMemory) -> str:
    who = f"{agent.agent} in {agent.pane}"
    return (
        f"{who} went back to an earlier state more than {FLIPS_A_MINUTE} times within a minute, with no new prompt. "
        f"It is probably misread. See why: understudy explain {agent.pane}"
    )


def _drifted(agent: AgentMemory, now: float) -> str:
    if now - agent.since < DRIFT_S or agent.agent in _NO_CLIS:
        return ""
    who, since = f"{agent.agent} in {agent.pane}", f"{now - agent.since:.0f} s"
    if agent.state is AgentState.UNKNOWN and agent.rule == DOUBT:
        return f"no rule has fitted the screen of {who} for {since}: its screen may have changed (docs/rules.md)"
    if agent.rule.startswith(f"{UNKNOWN}."):
        return f"only rules for unknown CLIs have fitted {who} for {since}: its screen may have changed (docs/rules.md)"
    return ""
