"""The audit trail: every transition is a row that carries the hash of the row before."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from pydantic import Field, JsonValue

from rollout.judgement.enums import Stage, State
from understudy.record import Instant, Record


class Transition(Record):
    """One change of the rollout: from, to, actor, reason, evidence and flag revision."""

    from_: Stage = Field(alias="from")
    to: Stage
    state: State
    """The stored state after it: running, paused or rolled_back."""
    frozen: bool = False
    exposure_percent: int
    """After it."""
    epoch: int
    """Counted up when the evidence starts again: with each stage, rollback and retry."""
    revision: int
    """Of the rollout, after it."""
    request: str
    """The request: promote, rollback, pause, ..."""
    actor: str
    reason: str
    evidence: dict[str, JsonValue] = Field(default_factory=dict)
    flag_revision: int | None = None
    """Revision that the flags file has with this transition; None if it does not change the flag."""
    at: Instant
    previous_hash: str = ""
    hash: str = ""

    @property
    def head(self) -> str:
        """The beginning of its hash, as notices print it: `understudy history --verify` looks for it later."""
        return self.hash[:12]

    @property
    def moves_flag(self) -> bool:
        """Return whether the flag must be written for it."""
        return self.flag_revision is not None

    @property
    def takes_back(self) -> bool:
        """Return whether it takes all exposure from the candidate: decided at once, the flag is written later."""
        return self.moves_flag and self.exposure_percent == 0


def row_hash(transition: Transition) -> str:
    """Sixteen bytes of SHA-256, in hexadecimal digits, over everything in the row but its own hash."""
    body: dict[str, Any] = transition.model_dump(mode="json", exclude={"hash"})
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()[:32]


def chained(transition: Transition, previous_hash: str) -> Transition:
    """Return the row with its hash, behind the row with the hash `previous` ("" for the first)."""
    linked = transition.replace(previous_hash=previous_hash, hash="")
    return linked.replace(hash=row_hash(linked))


def verify(rows: Iterable[Transition]) -> tuple[str, ...]:
    """Check a whole trail, oldest first; returns a sentence for every break, nothing where it is whole."""
    broken: list[str] = []
    previous = ""
    for number, row in enumerate(rows, 1):
        if row.previous_hash != previous:
            broken.append(
                f"row {number} ({row.request} by {row.actor}) follows {row.previous_hash or 'nothing'}, but the row "
                f"before it is {previous or 'nothing'}: a row was taken out, put in or moved"
            )
        if row_hash(row) != row.hash:
            broken.append(f"row {number} ({row.request} by {row.actor}) was changed after it was written")
        previous = row.hash
    return tuple(broken)
