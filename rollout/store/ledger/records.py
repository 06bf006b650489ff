"""The rows of the ledger, frozen. Records of other packages stay JSON text in `body`; the layers above parse them."""

from dataclasses import dataclass, field
from typing import Any


class LedgerUnusable(Exception):
    """The ledger cannot be read or written; the message names the file and the remedy."""


class LedgerConflict(LedgerUnusable):
    """A row with the same id exists: nothing was written, and the ledger is whole."""


class StageMoved(Exception):
    """Another process changed the stage meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle: its routing and its duration. `at` is seconds since the epoch, `owners` session -> role."""

    id: str
    at: float
    mode: str
    act: bool
    stage: str
    epoch: int
    wall_s: float
    owners: dict[str, str] = field(default_factory=dict)
    outcomes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The memory of a monitor, as JSON text."""

    role: str
    monitor: str
    cycle: str
    body: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference of one cycle; `body` is a `shadow.differences.Difference`."""

    cycle: str
    at: float
    epoch: int
    pane: str
    cluster: str
    body: str


@dataclass(frozen=True, slots=True)
class BoutRow:
    """One settled bout; `body` is a `shadow.bouts.Bout`."""

    id: str
    epoch: int
    pane: str
    settled_at: float
    cluster: str | None
    body: str


@dataclass(frozen=True, slots=True)
class SpellRow:
    """One scored spell; `body` is a `shadow.referee.records.ScoredSpell`."""

    id: str
    epoch: int
    pane: str
    """Pane and process: `%12/4711`."""
    began: float
    ended: float
    body: str
    overruled: str | None = None
    """The decision that took it out of the scoring."""
    cli: str = "unknown"
    """The family of the CLI in the pane."""
    cli_version: str | None = None
    """None where it is unknown."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One yes or no that a guardrail counts; `subject` is the bout or cycle that it comes from."""

    epoch: int
    at: float
    guardrail: str
    stratum: str | None
    event: bool
    subject: str


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """One change of the stage. `status` is pending (flag not yet written), committed or undone."""

    at: float
    status: str
    hash: str
    body: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery to one pane: wanted, claimed (it may be made right now), done, refused, withdrawn or escalated."""

    id: str
    episode: str
    kind: str
    target: str | None
    status: str
    wanted_at: float
    body: str
    claimed_at: float | None = None
    finished_at: float | None = None
    done: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision of an operator: approve, accept, settle, waive; `body` holds its details as JSON text."""

    at: float
    kind: str
    subject: str
    actor: str
    reason: str
    body: str = "{}"
    n: int = 0
    hash: str = ""
    """Over itself and the decision before it; made when it is written."""
