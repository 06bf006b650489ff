"""The decisions of a person on clusters and bouts: who, why, until when, and how they are written down."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.reading import ServerData
from rollout.store.ledger import DecisionRow, Ledger
from shadow.clusters import Cluster

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min)")
_SECONDS: Final = {"d": 86400, "h": 3600, "min": 60}


@dataclass(frozen=True, slots=True)
class SignOffOptions:
    """The actor and the reason."""

    reason: str
    actor: str | None = None


def write_decision(found: ServerData, row: DecisionRow) -> None:
    """Write one decision of an operator into the ledger; a run reads it in its next cycle."""
    ledger = Ledger(found.folder.ledger)
    try:
        with ledger.transaction() as tx:
            tx.add_decision(row)
    finally:
        ledger.close()


def instant_of(when: str, now: float) -> float:
    """Read `14d`, `12h`, `30min` from now, or a day or instant in UTC; raises `Stop` where it is neither, or past."""
    if span := _SPAN.fullmatch(when.strip()):
        return now + float(span[1]) * _SECONDS[span[2]]
    try:
        at = datetime.fromisoformat(when.strip())
    except ValueError:
        raise Stop(Exit.USAGE, f"--expires {when}: write 14d, 12h, or a day such as 2027-01-31") from None
    instant = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if instant <= now:
        raise Stop(Exit.USAGE, f"--expires {when}: is in the past; give a later time")
    return instant


def actions_of(row: Cluster) -> list[str]:
    """Return the actions that the candidate alone wants in a cluster: what a decision on it is about."""
    wanted = {intent_key for one in row.kinds for intent_key in one.only_candidate_wants}
    return sorted(wanted | row.example.only_candidate_wants)
