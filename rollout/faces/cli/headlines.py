"""The headline of one server, from its ledger, its flags and the orders in its folder: every face says this one."""

import time
from datetime import datetime

from rollout.faces.cli.clusters import signoffs_of
from rollout.faces.cli.reading import ServerData
from rollout.judgement.enums import State
from rollout.judgement.headline import Headline, LastCycle, Waiting, headline
from rollout.judgement.rollout_status import RolloutStatus
from rollout.store.flags import BadFlags, FlagsDocument, initial_text, parse_flags
from rollout.store.flags.choosing import chosen
from rollout.store.orders import Order, OrderKind
from rollout.store.orders import order_in_force as ordered
from rollout.store.settings import load
from rollout.store.state_folder import StateFolder


def headline_of(found: ServerData, now: float | None = None) -> Headline:
    """Return the headline of what was read."""
    at = time.time() if now is None else now
    last = found.last_cycle
    return headline(
        standing_of(found),
        found.judgement,
        found.plan,
        exposure_percent=exposure_of(found, flags_of(found)),
        waiting=waiting_of(found, at),
        last_cycle=LastCycle(age_s=max(0.0, at - last.at), act=last.act) if last else None,
    )


def standing_of(found: ServerData) -> RolloutStatus:
    """Return where the rollout stands, orders in files included that no run has seen yet."""
    rollout_status = found.rollout_status
    if order := ordered(OrderKind.ROLLBACK, found.folder.path):
        said = f"it was ordered {_said(order)}" if order.actor else _said(order)
        rollout_status = rollout_status.model_copy(
            update={"state": State.ROLLED_BACK, "reason": said, "since": _at(order)}
        )
    if order := ordered(OrderKind.FREEZE, found.folder.path, StateFolder.from_environment().root):
        rollout_status = rollout_status.model_copy(update={"frozen": True, "frozen_reason": _said(order)})
    return rollout_status


def waiting_of(found: ServerData, now: float) -> Waiting:
    """Count the decisions that wait for a person: open clusters as the judge counts them, and questions of the loop."""
    analysis = found.loop_state.analysis
    if found.ledger is None:
        return Waiting()
    in_stage = analysis.epoch == found.rollout_status.epoch
    return Waiting(
        clusters=len(analysis.tallies.open(signoffs_of(found), found.register, now)) if in_stage else 0,
        actions=len(found.loop_state.book.escalations(now)),
    )


def exposure_of(found: ServerData, flags: FlagsDocument | None) -> int:
    """Return the smaller one of the share that the ledger wants and the one in the flags.

    Where the flags cannot be read it is the share of the last cycle: a run follows the last good ones for a while.
    """
    analysis, wanted = found.loop_state.analysis, found.rollout_status.exposure_percent
    if flags is not None:
        return min(wanted, flags.candidate.percent)
    return min(wanted, analysis.exposed_percent) if analysis.epoch == found.rollout_status.epoch else 0


def flags_of(found: ServerData) -> FlagsDocument | None:
    """Return the flags that are followed; None where they cannot be used."""
    try:
        choice = chosen(load().settings, to_follow=False)
        kept = choice.kept(found.folder)
        if choice.server is not None and kept.exists() and found.last_cycle is not None:
            age_s = found.last_cycle.at - kept.stat().st_mtime
            if age_s > choice.max_age_s:  # too old to be followed: the incumbent owns every session
                return None
        if kept.exists():
            return parse_flags(kept.read_text(encoding="utf-8", errors="replace"))
        return None if choice.server else parse_flags(initial_text(choice.initial))
    except BadFlags:  # `flags check` says what is wrong; the status is that nothing is exposed
        return None


def _said(order: Order) -> str:
    by = f"by {order.actor}" if order.actor else ""
    return ": ".join(word for word in (by, order.reason) if word) or "no reason was given"


def _at(order: Order) -> float:
    try:
        return datetime.fromisoformat(order.at).timestamp()
    except ValueError:  # an order counts whatever stands in its file
        return 0.0
