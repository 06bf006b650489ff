"""The operator's moves: each one a request to the stage controller, answered with a transition or a refusal."""

import time
from dataclasses import dataclass
from pathlib import Path

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note, say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.verbs.history import headline
from rollout.judgement.chain import Transition
from rollout.judgement.rollout_status import Refusal, RefusalReason, Request, RequestKind, RolloutStatus
from rollout.judgement.stages import apply
from rollout.loop.stage_controller import StageController
from rollout.store.flags.choosing import chosen
from rollout.store.ledger import Ledger
from rollout.store.orders import OrderKind, lift, operator, order_in_force
from rollout.store.settings import load

_ASKS_FIRST = {RequestKind.PROMOTE, RequestKind.APPROVE, RequestKind.RETIRE}
"""Moves that give the candidate more; what takes back is done without a question."""


@dataclass(frozen=True, slots=True)
class DecisionOptions:
    """What an operator said: who, why, and how it is to be done."""

    reason: str
    actor: str | None = None
    yes: bool = False
    dry_run: bool = False


def move(
    request_kind: RequestKind, decision: DecisionOptions, socket_name: str | None, socket_path: Path | None
) -> Exit:
    """Make one move, or say what it would be; raises `Stop` where it is refused."""
    with open_server_data(socket_name, socket_path) as found:
        if found.ledger is None:
            raise Stop(
                Exit.CONFLICT, "nothing has run here yet, so there is nothing to move: begin with understudy run"
            )
        ledger = Ledger(found.folder.ledger)
        try:
            controller = StageController(
                ledger, chosen(load().settings, to_follow=False).open(found.folder), found.plan
            )
            done = _made(request_kind, decision, found, controller)
            if controller.owes():
                note("The flag is not turned down yet; the smaller exposure rules, and a run writes it when it can.")
        finally:
            ledger.close()
    if done is not None:
        say(f"{headline(done)}, by {done.actor}: {done.reason} [audit {done.head}]")
    return Exit.OK


def _made(
    request_kind: RequestKind, decision: DecisionOptions, found: ServerData, controller: StageController
) -> Transition | None:
    """Propose, ask a person where that is due, and make the move; None where there is nothing to make."""
    if not decision.dry_run:
        _carry_out_rollback(found, controller)
    request = _request(request_kind, decision, found, found.rollout_status)
    proposed = _answer(apply(found.rollout_status, request, found.plan))
    if proposed is not None and decision.dry_run:
        say(f"Would move: {headline(proposed)}, by {request.actor}: {request.reason}")
    if proposed is None or decision.dry_run:
        return None
    if request_kind in _ASKS_FIRST and not decision.yes:
        confirm(f"{headline(proposed)}: do it?")
    return _answer(controller.request(request))


def _carry_out_rollback(found: ServerData, controller: StageController) -> None:
    """A `rollback --now` that no run has seen yet comes before whatever else is asked for."""
    if order := order_in_force(OrderKind.ROLLBACK, found.folder.path):
        reason = order.reason or "rollback --now"
        controller.request(Request(RequestKind.ROLLBACK, order.actor or operator(), reason, round(time.time(), 6)))
        lift(OrderKind.ROLLBACK, found.folder.path)


def _request(request_kind: RequestKind, decision: DecisionOptions, found: ServerData, before: RolloutStatus) -> Request:
    judgement = found.judgement
    return Request(
        kind=request_kind,
        actor=decision.actor or operator(),
        reason=decision.reason,
        at=round(time.time(), 6),
        verdict=judgement.verdict if judgement else None,
        expected_revision=before.revision,
        act=found.last_cycle.act if found.last_cycle else False,
        evidence={"verdict": judgement.verdict.value, "reasons": list(judgement.reasons)} if judgement else {},
    )


def _answer(answer: Transition | Refusal) -> Transition | None:
    if isinstance(answer, Transition):
        return answer
    if answer.why is RefusalReason.NOTHING_TO_DO:
        note(f"Nothing to do: {answer.text}")
        return None
    raise Stop(Exit.UNAVAILABLE if answer.why is RefusalReason.UNREACHABLE else Exit.CONFLICT, answer.text)
