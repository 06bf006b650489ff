"""The decisions of operators as the ledger keeps them and as the shadow reads them."""

import json
from enum import StrEnum
from typing import Final

from rollout.store.ledger import DecisionRow
from shadow.labels import Right
from shadow.signoffs import Acceptance, Settlement, Signoffs


class DecisionKind(StrEnum):
    """The kinds of decisions that the ledger keeps."""

    ACCEPT = "accept"
    """A sign-off of a cluster."""
    SETTLE = "settle"
    SETTLE_BOUT = "settle_bout"
    RULE = "rule"
    """An entry for the register of expected differences."""
    WAIVE = "waive"
    """A named state need not be proven for a while."""
    APPROVE = "approve"
    """An episode that waits for a person may be delivered."""


ACCEPT: Final = DecisionKind.ACCEPT
SETTLE: Final = DecisionKind.SETTLE
SETTLE_BOUT: Final = DecisionKind.SETTLE_BOUT
RULE: Final = DecisionKind.RULE
WAIVE: Final = DecisionKind.WAIVE


def acceptance_of(row: DecisionRow) -> Acceptance:
    """Read a sign-off of a cluster."""
    terms = json.loads(row.body)
    owner = terms.pop("owner", row.actor)
    return Acceptance(cluster=row.subject, owner=owner, reason=row.reason, at=row.at, **terms)


def settlement_of(row: DecisionRow) -> Settlement:
    """Read who is right, in a cluster or in one bout."""
    body = json.loads(row.body)
    return Settlement(
        cluster=row.subject,
        right=Right(body["right"]),
        owner=row.actor,
        reason=row.reason,
        at=row.at,
        actions=body.get("actions"),
    )


def with_decision(signoffs: Signoffs, row: DecisionRow) -> Signoffs:
    """Add what one row says of a cluster; other words change nothing."""
    if row.kind == ACCEPT:
        return signoffs.accept(acceptance_of(row))
    return signoffs.settle(settlement_of(row)) if row.kind == SETTLE else signoffs
