"""The operator's moves: each is a request to the stage controller, answered with a transition or a refusal."""

import time

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.output import note, say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.transitions import transition_text
from rollout.judgement.chain import Transition
from rollout.judgement.rollout_status import Refusal, RefusalReason, Request, RequestKind, RolloutStatus
from rollout.judgement.stages import apply
from rollout.loop.stage_controller import StageController
from rollout.loop.standing_orders import carry_out_orders
from rollout.store.flags.choosing import chosen
from rollout.store.ledger import Ledger
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load
from rollout.store.state_folder import StateFolder

_ASKS_FIRST = {RequestKind.PROMOTE, RequestKind.APPROVE, RequestKind.RETIRE}
"""Moves that raise the exposure; moves that lower it are done without a question."""


def move(request_kind: RequestKind, decision: DecisionOptions, server: ServerSelection) -> Exit:
    """Make one move, or print it (dry run); raises `Stop` if it is refused."""
    with open_server_data(server) as found:
        if found.ledger is None:
            raise Stop(Exit.CONFLICT, "no rollout has begun on this server. Start one: `understudy run`")
        ledger = Ledger(found.folder.ledger)
        try:
            controller = StageController(
                ledger, chosen(load().settings, to_follow=False).open(found.folder), found.plan
            )
            done = _made(request_kind, decision, found, controller, ledger)
            if controller.owes():
                note("The flag still says the old exposure. The smaller one is used until a run corrects the flag.")
        finally:
            ledger.close()
    if done is not None:
        say(f"{transition_text(done)}, by {done.actor}: {done.reason} [audit {done.head}]")
    return Exit.OK


def _made(
    request_kind: RequestKind, decision: DecisionOptions, found: ServerData, controller: StageController, ledger: Ledger
) -> Transition | None:
    """Propose the move, ask for confirmation if required, and make it; None if there is nothing to do."""
    if not decision.dry_run:
        _carry_out_orders(found, controller, ledger)
    request = _request(request_kind, decision, found, found.rollout_status)
    proposed = _answer(apply(found.rollout_status, request, found.plan))
    if proposed is not None and decision.dry_run:
        say(f"Would move: {transition_text(proposed)}, by {request.actor}: {request.reason}")
    if proposed is None or decision.dry_run:
        return None
    if request_kind in _ASKS_FIRST and not decision.yes:
        confirm(f"{transition_text(proposed)}: do it?")
    return _answer(controller.request(request))


def _carry_out_orders(found: ServerData, controller: StageController, ledger: Ledger) -> None:
    """Carry out orders that no run has seen yet, before anything else is asked for; raises `Stop` where one cannot."""
    folders = (found.folder.path, StateFolder.from_environment().root)
    refused = carry_out_orders(controller, ledger, folders, round(time.time(), 6)).refused
    if refused is not None:
        raise Stop(
            _exit_of(refused),
            f"A rollback is ordered and could not be carried out ({refused.text}). The order stands, and nothing else "
            "is moved before it: see `understudy status`",
        )


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
    raise Stop(_exit_of(answer), answer.text)


def _exit_of(refusal: Refusal) -> Exit:
    return Exit.UNAVAILABLE if refusal.why is RefusalReason.UNREACHABLE else Exit.CONFLICT
