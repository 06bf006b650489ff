"""The decisions of operators as the ledger keeps them and as the shadow reads them."""

import json

from rollout.store.ledger import DecisionRow
from shadow.labels import Right
from shadow.signoffs import Acceptance, Settlement, Signoffs

ACCEPT, SETTLE, SETTLE_BOUT, RULE = "accept", "settle", "settle_bout", "rule"
"""Kinds of decisions about differences; the others are about stages, acts and states."""


def acceptance_of(row: DecisionRow) -> Acceptance:
    """Read a sign-off of a cluster."""
    terms = json.loads(row.body)
    owner = terms.pop("owner", row.actor)
    return Acceptance(cluster=row.subject, owner=owner, reason=row.reason, at=row.at, **terms)


def settlement_of(row: DecisionRow) -> Settlement:
    """Read who is right, in a cluster or in one bout."""
    right = Right(json.loads(row.body)["right"])
    return Settlement(cluster=row.subject, right=right, owner=row.actor, reason=row.reason, at=row.at)


def with_decision(signoffs: Signoffs, row: DecisionRow) -> Signoffs:
    """Add what one row says of a cluster; other words change nothing."""
    if row.kind == ACCEPT:
        return signoffs.accept(acceptance_of(row))
    return signoffs.settle(settlement_of(row)) if row.kind == SETTLE else signoffs
