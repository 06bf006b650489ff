"""The surroundings of a judgement, besides the evidence: everything that can hold a promotion or is due at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rollout.judgement.guards import Guard
from rollout.judgement.signals import SignalReading

LOOK_BACK = 8
"""Leases that were due: a miss among the last so many holds."""


@dataclass(frozen=True, slots=True)
class StateCoverage:
    """Whose spells were scored in one named state."""

    panes: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    """CLI families."""


@dataclass(frozen=True, slots=True)
class JudgementContext:
    """The surroundings of one judgement, as they are now."""

    watched_s: float = 0.0
    """For how long this stage was watched; neither a time without cycles nor a jump of the clock is in it."""
    panes: int = 0
    """Different panes with scored spells in this stage."""
    sessions: int = 0
    coverage: Mapping[str, StateCoverage] = field(default_factory=dict)
    """By named state."""
    families: int = 0
    """Different CLIs in the fleet."""
    waived: frozenset[str] = frozenset()
    """Named states that a person took out of what a promotion needs, as long as the waiver lasts."""
    named: int = 0
    """Spells with a name and an interior look in this stage."""
    abstained: int = 0
    """Of these, those in which the candidate said `unknown` or nothing."""
    overruled: int = 0
    """Spells that a person took out of the scoring by settling."""
    novel: tuple[str, ...] = ()
    """Kinds of action that went back to the incumbent, because the candidate wants them in a new way."""
    leases: tuple[bool, ...] = ()
    """The finished leases of this stage that hash to the candidate, oldest first: whether it did own each."""
    exposure_missing: str = ""
    """Why the exposure of the whole stage is shown to be less than what was asked for; empty where it is not."""
    clusters_open: tuple[str, ...] = ()
    """Clusters that wait for a person's decision."""
    guards: tuple[Guard, ...] = ()
    """Hard guards that were hit in this stage."""
    signals: tuple[SignalReading, ...] = ()
    """What each signal says now."""
    incumbent_blind: str = ""
    """That the incumbent finds fewer than half of the candidate's agents, or empty. Shown first, holds nothing."""
    incumbent_ill: str = ""
    """Why the incumbent could not take over now; empty where it could."""
    candidate_ill: str = ""
    """Why the candidate could not take over now; empty where it could."""
    drift: str = ""
    """How the flag differs from what the ledger wants; empty where it does not."""
    stopped: str = ""
    """Why nothing may be promoted by the rollout's own state: frozen, paused, rolled back; empty while it runs."""

    @property
    def leases_missed(self) -> int:
        """How many of the last leases that were due the candidate did not own."""
        return sum(not owned for owned in self.leases[-LOOK_BACK:])
