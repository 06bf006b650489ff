"""Claims of two monitors over a run of looks, folded so that a run of any length takes the same space."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from shadow.referee.records import UNSCORED_AT_REST, CliVersion, NamedState, Vote
from understudy.record import Instant
from understudy.verdicts import AgentState

ABSTAINED: Final = AgentState.UNKNOWN
"""The claim of a monitor that reports `unknown`, or nothing, about a pane."""


_WITH_EDGES: Final = 3
"""Runs of at least so many looks leave out the first and the last: a monitor may be one look late. A look is named only
if all of its frames are in the named state, so the looks of a shorter spell are interior already; on a real fleet two
of three dialogs last two looks."""


class Claims(NamedTuple):
    """One monitor's claims over a run of looks."""

    first: AgentState
    last: AgentState
    inside: tuple[AgentState, ...]
    """Every state claimed in a look that is neither the first nor the last, sorted."""
    since: dict[AgentState, Instant]
    """Time of the first claim, by state."""


class Run(NamedTuple):
    """Consecutive looks at one pane."""

    began: Instant
    ended: Instant
    looks: int
    incumbent: Claims
    candidate: Claims
    trouble: bool = False
    """Something on the screen may have been an error or a limit."""
    known: bool = True
    """A monitor had a verdict on the pane; if neither has one, neither knows an agent there."""
    ran: CliVersion | None = None
    """The CLI that ran in the pane."""


def one_look(
    at: float, incumbent: AgentState | None, candidate: AgentState | None, ran: CliVersion | None = None
) -> Run:
    """Return the run of a single look with the claim of each monitor; None for a monitor without a verdict."""
    return Run(
        began=at,
        ended=at,
        looks=1,
        incumbent=_one_claim(incumbent or ABSTAINED, at),
        candidate=_one_claim(candidate or ABSTAINED, at),
        trouble=False,
        known=incumbent is not None or candidate is not None,
        ran=ran,
    )


def joined(one: Run, two: Run) -> Run:
    """Join two runs, the earlier one first."""
    return Run(
        began=one.began,
        ended=two.ended,
        looks=one.looks + two.looks,
        incumbent=_joined(one.incumbent, one.looks, two.incumbent, two.looks),
        candidate=_joined(one.candidate, one.looks, two.candidate, two.looks),
        trouble=one.trouble or two.trouble,
        known=one.known or two.known,
        ran=one.ran or two.ran,
    )


def vote(claims: Claims, looks: int, named: NamedState) -> Vote:
    """Return the vote of a monitor in a run to which the referee gives a name."""
    claimed = {claims.first, claims.last} if looks < _WITH_EDGES else set(claims.inside)
    if claimed - named.states - {ABSTAINED}:
        return Vote.WRONG
    if ABSTAINED in claimed:
        return Vote.ABSTAINED
    if named is NamedState.AT_REST and claimed & UNSCORED_AT_REST:
        return Vote.UNSCORED
    return Vote.RIGHT


def right_after_s(claims: Claims, began: float, named: NamedState) -> float | None:
    """Return the seconds after which a monitor first claimed a state of the named set; None if it never did."""
    found = [at for state, at in claims.since.items() if state in named.states]
    return min(found) - began if found else None


def _one_claim(state: AgentState, at: float) -> Claims:
    return Claims(first=state, last=state, inside=(), since={state: at})


def _joined(one: Claims, looks: int, two: Claims, more: int) -> Claims:
    inside = {*one.inside, *two.inside}
    if looks > 1:
        inside.add(one.last)
    if more > 1:
        inside.add(two.first)
    since = one.since if two.since.keys() <= one.since.keys() else {**two.since, **one.since}
    return Claims(first=one.first, last=two.last, inside=_sorted(inside), since=since)


def _sorted(states: Iterable[AgentState]) -> tuple[AgentState, ...]:
    return tuple(sorted(states))
