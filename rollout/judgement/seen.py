"""The context of a judgement besides the evidence: everything that can hold a promotion or force a rollback."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rollout.judgement.cli_versions import NewVersion
from rollout.judgement.guards import Guard
from rollout.judgement.outcome import OutcomeReading
from rollout.judgement.signals import SignalReading

LOOK_BACK = 8
"""Leases that were due: a miss among the last so many holds."""


@dataclass(frozen=True, slots=True)
class StateCoverage:
    """The agents whose spells were scored in one named state."""

    panes: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    """CLI families."""


@dataclass(frozen=True, slots=True)
class JudgementContext:
    """The context of one judgement, as of now."""

    watched_s: float = 0.0
    """Seconds for which this stage was watched, without times between runs and without jumps of the clock."""
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
    new_versions: tuple[NewVersion, ...] = ()
    """Versions of CLIs that came up in this stage, run now, and are not proven yet."""
    novel: tuple[str, ...] = ()
    """Kinds of action that the incumbent does again, because the candidate requests them in a new way."""
    leases: tuple[bool, ...] = ()
    """The finished leases of this stage that hash to the candidate, oldest first: whether it did own each."""
    exposure_missing: str = ""
    """The reason why the exposure of the whole stage is proven to be too small; empty if it is not."""
    clusters_open: tuple[str, ...] = ()
    """Clusters that wait for a person's decision."""
    guards: tuple[Guard, ...] = ()
    """Hard guards that were hit in this stage."""
    signals: tuple[SignalReading, ...] = ()
    """The reading of each signal."""
    outcomes: tuple[OutcomeReading, ...] = ()
    """The outcomes of both monitors' leases."""
    incumbent_blind: str = ""
    """A warning that the incumbent finds fewer than half of the candidate's agents, or empty. It holds nothing."""
    incumbent_ill: str = ""
    """The reason why the incumbent could not take over now; empty if it could."""
    candidate_ill: str = ""
    """The reason why the candidate could not take over now; empty if it could."""
    drift: str = ""
    """The difference between the flag and the ledger; empty if there is none."""
    stopped: str = ""
    """The state that allows no promotion: frozen, paused, rolled back; empty while it runs."""

    @property
    def leases_missed(self) -> int:
        """Return the number of the last due leases that the candidate did not own."""
        return sum(not owned for owned in self.leases[-LOOK_BACK:])
