"""The rows that a ledger deletes: none that the judge, the audit trail or a person needs.

Transitions, decisions, spells and the evidence that moves rest on stay for good: every move can be judged again. What
differs in the running epoch stays as long as that epoch: a person's word may still reach it. The rest of single cycles
(bouts, differences, deliveries that are over) is kept for so many days, which is as far back as reports look.
"""

import sqlalchemy as sa

from rollout.store.ledger import tables as t
from rollout.store.ledger.statuses import DeliveryStatus

_OVER = (DeliveryStatus.DONE, DeliveryStatus.REFUSED, DeliveryStatus.WITHDRAWN, DeliveryStatus.ESCALATED)
"""The last states of a delivery."""
_SINCE_LAST_S = 2 * 86400.0
"""Cycles that grew old so long ago were emptied before."""


def forget(connection: sa.Connection, before: float, epoch: int) -> int:
    """Delete what is older than the instant `before`, in seconds since the epoch; returns how many rows went.

    `epoch` is the running one, whose differing bouts are kept. A whole day of a large fleet is a few thousand rows.
    """
    old_agreement = (t.bouts.c.settled_at < before) & ((t.bouts.c.cluster.is_(None)) | (t.bouts.c.epoch != epoch))
    gone = (
        t.bouts.delete().where(old_agreement),
        t.differences.delete().where(t.differences.c.at < before),
        t.deliveries.delete().where(t.deliveries.c.status.in_(_OVER), t.deliveries.c.finished_at < before),
    )
    rows = sum(connection.execute(one).rowcount for one in gone)
    just_old = (t.cycles.c.at < before) & (t.cycles.c.at >= before - _SINCE_LAST_S)
    connection.execute(t.cycles.update().where(just_old).values(owners={}, outcomes=[]))  # they are counted for ever
    return rows
