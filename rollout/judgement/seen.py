"""What the judge must know besides the evidence: everything that can hold a promotion or is due at once."""

from dataclasses import dataclass, field

from contract.verdicts import AgentState
from rollout.judgement.events import Differing
from rollout.judgement.guards import Guard
from rollout.judgement.signals import Reading

LOOK_BACK = 8
"""Leases that were due: a miss among the last so many holds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The surroundings of one judgement, as they are now."""

    watched_s: float = 0.0
    """For how long this stage was watched; neither a time without cycles nor a jump of the clock is in it."""
    panes: int = 0
    """Different panes with settled bouts in this stage."""
    sessions: int = 0
    states: frozenset[AgentState] = frozenset()
    """States seen live in any stage, proven on recordings, or waived by a person with a reason."""
    leases: tuple[bool, ...] = ()
    """The finished leases of this stage that hash to the candidate, oldest first: whether it did own each."""
    exposure_missing: str = ""
    """Why the exposure of the whole stage is shown to be less than what was asked for; empty where it is not."""
    clusters_open: tuple[str, ...] = ()
    """Clusters in which an action differs and that nobody has reviewed: not expected, signed off or settled."""
    differing: Differing = field(default_factory=Differing)
    guards: tuple[Guard, ...] = ()
    """Hard guards that were hit in this stage."""
    signals: tuple[Reading, ...] = ()
    """What each signal says now."""
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
