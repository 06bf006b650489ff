"""Outcomes: how the agents fare under each monitor. Leases are randomised, so a difference is the monitors' doing.

Each finished lease of the candidate is held against the mean of the incumbent's leases that finished since the one
before. Shown to be worse, an outcome holds a promotion; it rolls nothing back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import Field

from rollout.judgement.enums import percent
from understudy.record import Instant, Record
from understudy.verdicts import AgentState

WORSE_BY: Final = 0.20
"""Held once the candidate's share is shown to be larger by so much."""
LIMIT: Final = 400.0
"""The e-value at which it is shown; four outcomes share a risk of 1 % a stage, however often one looks."""
_STAKES: Final = (0.05, 0.15, 0.4, 0.8)
"""Shares of the capital that are staked against "not worse", each with a quarter of it: at most 1 / (1 + WORSE_BY)."""
_GAP_AT_MOST_S: Final = 300.0
"""A cycle adds at most so much time: neither a pause nor a jump of the clock counts for a monitor."""


class OutcomeName(StrEnum):
    """An amount that is compared, a share between 0 and 1 of a lease."""

    BLOCKED = "blocked"
    """Agent time spent waiting for an approval."""
    CRASHED = "crashed"
    """Agent time spent crashed."""
    IDLE = "idle"
    """Agent time spent idle until the next prompt."""
    FUTILE_NOTICES = "futile_notices"
    """Notices that changed nothing, so that a reminder followed, among all notices."""


_STATES: Final = {
    OutcomeName.BLOCKED: AgentState.WAITING_APPROVAL,
    OutcomeName.CRASHED: AgentState.CRASHED,
    OutcomeName.IDLE: AgentState.IDLE,
}
_TEXTS: Final = {
    OutcomeName.BLOCKED: "agents wait for an approval in {} of the time",
    OutcomeName.CRASHED: "agents are crashed in {} of the time",
    OutcomeName.IDLE: "agents are idle in {} of the time",
    OutcomeName.FUTILE_NOTICES: "{} of the notices change nothing",
}


@dataclass(frozen=True, slots=True)
class LeaseSeen:
    """One running lease as its owner's report shows it in one cycle."""

    name: str
    candidate: bool
    """True if the candidate owns it."""
    states: tuple[AgentState, ...] = ()
    """Of its agents, by the owner's verdicts."""
    notices: Mapping[str, int] = field(default_factory=dict)
    """Standing notice -> its ordinal; a reminder has a higher one."""


class LeaseOutcome(Record):
    """One lease so far."""

    candidate: bool
    agent_s: float = 0.0
    in_state_s: dict[AgentState, float] = Field(default_factory=dict)
    notices: int = 0
    reminders: int = 0
    last_ordinals: dict[str, int] = Field(default_factory=dict)
    """Notice -> the ordinal that was counted last."""

    def fold(self, seen: LeaseSeen, gap_s: float) -> "LeaseOutcome":
        """Enter one cycle."""
        in_state = dict(self.in_state_s)
        for state in seen.states:
            in_state[state] = in_state.get(state, 0.0) + gap_s
        first = sum(name not in self.last_ordinals for name in seen.notices)
        again = sum(ordinal > self.last_ordinals.get(name, ordinal) for name, ordinal in seen.notices.items())
        return LeaseOutcome(
            candidate=self.candidate,
            agent_s=self.agent_s + gap_s * len(seen.states),
            in_state_s=in_state,
            notices=self.notices + first + again,
            reminders=self.reminders + again,
            last_ordinals=dict(seen.notices),
        )

    def share(self, name: OutcomeName) -> float | None:
        """Return the share of one outcome; None where the lease says nothing about it."""
        if name is OutcomeName.FUTILE_NOTICES:
            return self.reminders / self.notices if self.notices else None
        return self.in_state_s.get(_STATES[name], 0.0) / self.agent_s if self.agent_s else None


class Arm(Record):
    """The mean over some leases."""

    leases: int = 0
    mean: float = 0.0
    agent_s: float = 0.0
    """Seconds of all their agents."""

    def fold(self, share: float, agent_s: float) -> "Arm":
        """Enter one lease."""
        leases = self.leases + 1
        return Arm(leases=leases, mean=self.mean + (share - self.mean) / leases, agent_s=self.agent_s + agent_s)


class Comparison(Record):
    """One outcome of both monitors."""

    incumbent: Arm = Arm()
    candidate: Arm = Arm()
    waiting: Arm = Arm()
    """The incumbent's leases that no lease of the candidate was held against yet."""
    owed: tuple[float, ...] = ()
    """The candidate's leases that came before any of the incumbent's."""
    capital: tuple[float, ...] = (1.0,) * len(_STAKES)

    def enter(self, share: float, agent_s: float, *, candidate: bool) -> "Comparison":
        """Enter one finished lease."""
        if candidate:
            return _paired(
                self.replace(candidate=self.candidate.fold(share, agent_s), owed=(*self.owed, share)[-_OWED:])
            )
        held_against = self.waiting.fold(share, agent_s)
        return _paired(self.replace(incumbent=self.incumbent.fold(share, agent_s), waiting=held_against))

    @property
    def e_value(self) -> float:
        """The evidence that the candidate's mean is above the incumbent's by more than `WORSE_BY`."""
        return sum(self.capital) / len(self.capital)


def _paired(one: Comparison) -> Comparison:
    """Stake on the oldest lease of the candidate against the incumbent's since, where there are both."""
    if not one.owed or not one.waiting.leases:
        return one
    worse = one.owed[0] - (1 + WORSE_BY) * one.waiting.mean
    capital = tuple(own * (1 + stake * worse) for own, stake in zip(one.capital, _STAKES, strict=True))
    return one.replace(capital=capital, owed=one.owed[1:], waiting=Arm())


_OWED: Final = 64
"""Leases of the candidate that wait at most."""


class OutcomeReading(Record):
    """One outcome as it is shown."""

    name: OutcomeName
    incumbent: float
    """Mean share over its leases."""
    candidate: float
    leases: int
    """Of the candidate."""
    incumbent_leases: int = 0
    incumbent_agent_hours: float = 0.0
    """Over its leases."""
    candidate_agent_hours: float = 0.0
    e_value: float
    limit: float = LIMIT

    @property
    def holds(self) -> bool:
        """Return whether it stands against a promotion."""
        return self.e_value >= self.limit

    @property
    def text(self) -> str:
        """In a sentence."""
        return (
            f"outcome: {_TEXTS[self.name].format(percent(self.candidate))} under the candidate, "
            f"{percent(self.incumbent)} under the incumbent: proven to be worse by more than {percent(WORSE_BY)} "
            f"(e-value {self.e_value:.3g}, limit {self.limit:g})"
        )


class OutcomeBook(Record):
    """The outcomes of one stage; a new stage begins with a new book."""

    at: Instant | None = None
    running: dict[str, LeaseOutcome] = Field(default_factory=dict)
    compared: dict[OutcomeName, Comparison] = Field(default_factory=dict)

    def fold(self, leases: Iterable[LeaseSeen], now: float) -> "OutcomeBook":
        """Enter one cycle: every lease that runs now. A lease that is named no more, or changed hands, is finished."""
        gap_s = 0.0 if self.at is None else min(max(0.0, now - self.at), _GAP_AT_MOST_S)
        running = dict[str, LeaseOutcome]()
        for seen in leases:
            before = self.running.get(seen.name)
            if before is None or before.candidate is not seen.candidate:
                before = LeaseOutcome(candidate=seen.candidate)
            running[seen.name] = before.fold(seen, gap_s)
        compared = dict(self.compared)
        for name, lease in self.running.items():
            if name in running and running[name].candidate is lease.candidate:
                continue
            for outcome in OutcomeName:
                if (share := lease.share(outcome)) is not None:
                    held = compared.get(outcome, Comparison())
                    compared[outcome] = held.enter(share, lease.agent_s, candidate=lease.candidate)
        return OutcomeBook(at=now, running=running, compared=compared)

    def readings(self) -> tuple[OutcomeReading, ...]:
        """Return the outcomes of which both monitors have leases."""
        return tuple(
            OutcomeReading(
                name=name,
                incumbent=one.incumbent.mean,
                candidate=one.candidate.mean,
                leases=one.candidate.leases,
                incumbent_leases=one.incumbent.leases,
                incumbent_agent_hours=one.incumbent.agent_s / 3600,
                candidate_agent_hours=one.candidate.agent_s / 3600,
                e_value=one.e_value,
            )
            for name, one in self.compared.items()
            if one.candidate.leases and one.incumbent.leases
        )
