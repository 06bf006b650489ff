"""Waivers as the ledger keeps them."""

import json

from rollout.loop.analysis import Waiver
from rollout.store.ledger import DecisionRow
from understudy.verdicts import AgentState


def waiver_of(row: DecisionRow) -> Waiver:
    """Read a waiver of a named state; one that is taken back expires when it is written."""
    expires = float(json.loads(row.body)["expires"])
    return Waiver(state=AgentState(row.subject), actor=row.actor, reason=row.reason, at=row.at, expires=expires)
