"""What operators say between two cycles: standing orders in files, and words in the ledger."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from contract.verdicts import AgentState
from rollout.judgement.events import start_again, touched_by
from rollout.judgement.evidence import Fact
from rollout.judgement.standing import Ask, Request, Standing
from rollout.judgement.words import State
from rollout.loop.by_register import by_register
from rollout.loop.house import House
from rollout.loop.keeper import standing as by_ledger
from rollout.loop.spoken import SETTLE_BOUT, heard, settlement_of
from rollout.loop.trial import Trial, facts_of_settlement
from rollout.store.ledger import BoutRow, DecisionRow
from rollout.store.orders import OrderKind, OrderNotLifted, lift, unfrozen
from rollout.store.orders import standing as ordered
from shadow.bouts import Bout

log = structlog.get_logger(__name__)

TIED: Final = "its hands are tied: it was started without --act"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the rollout stands in this cycle, and whether it may touch anything."""

    standing: Standing
    tied: str = ""
    """Why nothing may be touched; empty where it may."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words of operators since the cycle before."""

    trial: Trial
    facts: tuple[Fact, ...] = ()
    relabelled: tuple[BoutRow, ...] = ()
    approvals: Mapping[str, str] | None = None
    """Episode -> who approved it."""


def stand(house: House, now: float) -> Stand:
    """Carry out standing orders, heal what was left half done, and say where the rollout stands after them."""
    house.keeper.settle(now)
    if order := ordered(OrderKind.ROLLBACK, *house.order_folders):
        reason = order.reason or "an operator ordered it"
        house.keeper.ask(Request(Ask.ROLLBACK, order.actor or "an operator", reason, now))
        if by_ledger(house.ledger).state is State.ROLLED_BACK:
            with suppress(OrderNotLifted):  # it was carried out; a `retry` says that it still stands
                lift(OrderKind.ROLLBACK, order.path.parent)
    frozen = ordered(OrderKind.FREEZE, *house.order_folders)
    standing = by_ledger(house.ledger)
    if (frozen is not None) is not standing.frozen:
        ask = Ask.FREEZE if frozen else Ask.UNFREEZE
        word = frozen or unfrozen(*house.order_folders)
        actor = (word.actor if word else "") or "an operator"
        reason = (word.reason if word else "") or f"an operator's {ask}"
        house.keeper.ask(Request(ask, actor, reason, now))
        standing = by_ledger(house.ledger)
    if frozen is not None:
        return Stand(standing, f"it is frozen ({frozen.reason or 'no reason given'})")
    return Stand(standing, "" if house.act else TIED)


def listen(house: House, trial: Trial) -> Said:
    """Read what operators wrote into the ledger since the cycle before, and whether the register says anything else."""
    relabelled, approvals = list[BoutRow](), dict[str, str]()
    trial, edited = by_register(trial, house.register)
    facts = list(edited)
    for row in house.ledger.decisions(after=trial.decisions_read):
        try:
            if row.kind == "approve":
                approvals[row.subject] = row.actor
            trial, more, bouts = _taken_up(house, trial, row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # it must not stop every later cycle as well
            log.warning("decision.unreadable", row=row.n, kind=row.kind, why=f"{type(error).__name__}: {error}")
        else:
            facts += more
            relabelled += bouts
        trial = trial.model_copy(update={"decisions_read": row.n})
    return Said(trial, tuple(facts), tuple(relabelled), approvals)


def _taken_up(house: House, trial: Trial, row: DecisionRow) -> tuple[Trial, tuple[Fact, ...], list[BoutRow]]:
    """Take one decision up: the trial with it, the facts that it makes, and the bouts that it labels."""
    match row.kind:
        case "accept":
            named = house.ledger.bouts(epoch=trial.epoch, cluster=row.subject)
            signed = [Bout.model_validate_json(one.body) for one in named]
            trial = trial.model_copy(update={"signoffs": heard(trial.signoffs, row)})
            return trial, tuple(start_again(touched_by(signed), f"accept {row.subject} by {row.actor}")), []
        case "settle" | "settle_bout":
            return _settled(house, trial, row)
        case "waive":
            return trial.model_copy(update={"states": trial.states | {AgentState(row.subject)}}), (), []
        case _:
            return trial, (), []  # a later version's word: not ours to act on


def _settled(house: House, trial: Trial, row: DecisionRow) -> tuple[Trial, tuple[Fact, ...], list[BoutRow]]:
    """A word on a cluster labels its bouts, and those to come; one on a bout labels that bout."""
    word = settlement_of(row)
    if row.kind == SETTLE_BOUT:
        one = house.ledger.bout(word.cluster)
        rows = {one.id: one} if one is not None and one.epoch == trial.epoch else {}
    else:
        trial = trial.model_copy(update={"signoffs": trial.signoffs.settle(word)})
        rows = {one.id: one for one in house.ledger.bouts(epoch=trial.epoch, cluster=word.cluster)}
    bouts = [Bout.model_validate_json(one.body) for one in rows.values()]
    trial, facts, late = facts_of_settlement(trial, bouts, word.label)
    return trial, facts, [_with(rows[bout.id], bout) for bout in late]


def _with(row: BoutRow, bout: Bout) -> BoutRow:
    return BoutRow(row.id, row.epoch, row.pane, row.settled_at, row.cluster, bout.model_dump_json())
