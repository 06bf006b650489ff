"""The stage controller: the ledger holds the wanted exposure, the flag applies it; a crash between them is repaired.

A move that gives the candidate more is a pending row, then the flag, then the row committed. Found pending later, it is
finished where the flag has the revision that it was to write, and undone where it has not. A rollback is committed at
once, because the smaller exposure rules: its flag is owed, and written as soon as that can be done.
"""

import json
from contextlib import suppress
from typing import Final

from rollout.judgement.chain import Transition
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import Refusal, RefusalReason, Request, RolloutStatus, status_after
from rollout.judgement.stages import apply, begin
from rollout.loop.audit import breaks
from rollout.store.flags import BadFlags, Flags, FlagsUnreachable, HeldExposure, RevisionMoved, WriteUnknown
from rollout.store.ledger import (
    RESTORE,
    Ledger,
    LedgerReader,
    LedgerUnusable,
    StageMoved,
    TransitionRow,
    TransitionStatus,
)

IN_FLIGHT_S: Final = 15.0
"""A pending move younger than this may still be at its write: the longest that one takes, and some."""
_PATIENCE_S: Final = 10.0
"""Seconds between two attempts to repair after a crash or an unreachable server: each may delay a cycle."""
_OWED: Final = "flag-owed"
"""The document that names the rollback whose flag could not be written yet."""


def trail(ledger: LedgerReader) -> tuple[Transition, ...]:
    """Return every committed transition, oldest first."""
    return tuple(_read(row) for row in ledger.transitions() if row.status == TransitionStatus.COMMITTED)


def rollout_status(ledger: LedgerReader) -> RolloutStatus:
    """Return the status of the rollout by its audit trail."""
    now = RolloutStatus()
    for transition in trail(ledger):
        now = status_after(transition, now)
    return now


class StageController:
    """Moves the stage, one move at a time, for the loop and for operators' commands."""

    def __init__(self, ledger: Ledger, flags: Flags, plan: Plan) -> None:
        self._ledger = ledger
        self._flags = flags
        self._plan = plan
        self._ask_again_at = 0.0

    def wake(self, now: float) -> RolloutStatus:
        """Finish or undo pending moves, and begin a rollout if none has begun; return its status.

        Raises `LedgerUnusable` where the audit trail is not the one that was written.
        """
        if found := breaks(self._ledger):
            raise LedgerUnusable(
                f"the audit trail in {self._ledger.path} is not what was written ({found[0]}; "
                f"`understudy history --verify` lists every fault): {RESTORE}"
            )
        self.settle(now, in_flight_s=0.0)
        if rollout_status(self._ledger).last_hash == "":
            self._add(begin(now), after="")
        return rollout_status(self._ledger)

    def settle(self, now: float, *, in_flight_s: float = IN_FLIGHT_S) -> None:
        """Finish or undo interrupted moves, and write the flags of a rollback that could not write them.

        A move younger than `in_flight_s` seconds may still be in progress. If the flags cannot be read everything
        stays as it is, and they are not read again for a while.
        """
        if now < self._ask_again_at <= now + _PATIENCE_S:  # beyond that, the clock went back since
            return
        for row in self._ledger.transitions():
            if row.status == TransitionStatus.PENDING and not 0 <= now - row.at < in_flight_s:
                self._decide(_read(row))
                self._ask_again_at = now + _PATIENCE_S
        if owed := self._owed():
            self._turn_down(owed)
            self._ask_again_at = now + _PATIENCE_S

    def request(self, request: Request) -> Transition | Refusal:
        """Answer a request, and make the move where the answer is one."""
        before = rollout_status(self._ledger)
        answer = apply(before, request, self._plan)
        if isinstance(answer, Refusal):
            return answer
        if not answer.moves_flag:
            return self._entered(before, request)
        return self._give_back(before, request) if answer.takes_back else self._advance(before, request)

    def owes(self) -> bool:
        """Whether the flags still say more than the last rollback left: they could not be written."""
        return self._owed() is not None

    def _advance(self, before: RolloutStatus, request: Request) -> Transition | Refusal:
        """Raise the exposure: only if the trail is whole and the flags say exactly the exposure of the ledger."""
        if broken := breaks(self._ledger):
            return Refusal(RefusalReason.NOT_ALLOWED, f"the audit trail is not what was written ({broken[0]})")
        try:
            held = self._flags.held()
        except (BadFlags, FlagsUnreachable, OSError) as fault:
            return _refused(fault)
        if held.percent != before.exposure_percent:
            drift = f"the flag says {held.percent} % and the ledger wants {before.exposure_percent} %"
            return Refusal(RefusalReason.CONFLICT, f"{drift}. Set the flag back, or roll back: `understudy rollback`")
        # flags that an operator put in place continue from their own revision
        move = self._entered(before.replace(flag_revision=held.revision), request)
        return move if isinstance(move, Refusal) else self._written(move, held)

    def _written(self, move: Transition, held: HeldExposure) -> Transition | Refusal:
        try:
            self._flags.write_exposure(move.exposure_percent, held)
        except WriteUnknown as unknown:
            return Refusal(
                RefusalReason.CONFLICT,
                f"{unknown}: the move waits until the flags can be read. See `understudy status`",
            )
        except (RevisionMoved, BadFlags, FlagsUnreachable, OSError) as fault:
            self._finish(move, TransitionStatus.UNDONE)
            return _refused(fault)
        self._finish(move, TransitionStatus.COMMITTED)
        if all(done.hash != move.hash for done in trail(self._ledger)):
            return Refusal(
                RefusalReason.CONFLICT, "the move was undone while the flag was written. See `understudy status`"
            )
        return move

    def _give_back(self, before: RolloutStatus, request: Request) -> Transition | Refusal:
        """Take all exposure from the candidate: committed at once, since the smaller exposure rules; then the flag."""
        for row in self._ledger.transitions():
            if (
                row.status == TransitionStatus.PENDING
            ):  # its write, should it still come, finds another revision than it wants
                self._finish(_read(row), TransitionStatus.UNDONE)
        answer = self._entered(before, request)
        if isinstance(answer, Transition):
            self._decide(answer)
        return answer

    def _decide(self, pending: Transition) -> None:
        """Commit or undo a pending move: a rollback is committed in any case, another move if the flags confirm it."""
        if pending.takes_back:
            with self._ledger.transaction() as tx:
                tx.keep_document(_OWED, pending.hash)
                tx.finish_transition(pending.hash, TransitionStatus.COMMITTED)
            self._turn_down(pending)
            return
        try:
            held = self._flags.held()
        except BadFlags:
            held = None
        except FlagsUnreachable:
            return
        wanted = pending.flag_revision or 0
        reached = held is not None and held.revision >= wanted and held.percent == pending.exposure_percent
        self._finish(pending, TransitionStatus.COMMITTED if reached else TransitionStatus.UNDONE)

    def _turn_down(self, rollback: Transition) -> None:
        with suppress(RevisionMoved, BadFlags, FlagsUnreachable, WriteUnknown, OSError):  # `settle` tries again
            self._flags.write_exposure(rollback.exposure_percent)
            with self._ledger.transaction() as tx:
                tx.keep_document(_OWED, "")

    def _owed(self) -> Transition | None:
        """The rollback whose flag is not written yet, unless the flag was moved by another move since."""
        name = self._ledger.document(_OWED)
        if not name:
            return None
        moves = [transition for transition in trail(self._ledger) if transition.moves_flag]
        return moves[-1] if moves and moves[-1].hash == name else None

    def _entered(self, before: RolloutStatus, request: Request) -> Transition | Refusal:
        """Write a move into the trail, pending where the flags have to follow."""
        answer = apply(before, request, self._plan)
        if isinstance(answer, Transition):
            try:
                self._add(answer, after=before.last_hash)
            except StageMoved as moved:
                return Refusal(RefusalReason.CONFLICT, str(moved))
        return answer

    def _add(self, transition: Transition, *, after: str) -> None:
        row = TransitionRow(
            at=transition.at,
            status=TransitionStatus.PENDING if transition.moves_flag else TransitionStatus.COMMITTED,
            hash=transition.hash,
            body=transition.model_dump_json(by_alias=True),
        )
        with self._ledger.transaction() as tx:
            tx.add_transition(row, after=after)

    def _finish(self, transition: Transition, status: TransitionStatus) -> None:
        with self._ledger.transaction() as tx:
            tx.finish_transition(transition.hash, status)


def _refused(fault: RevisionMoved | BadFlags | FlagsUnreachable | OSError) -> Refusal:
    match fault:
        case RevisionMoved():
            return Refusal(RefusalReason.CONFLICT, str(fault))
        case BadFlags():
            return Refusal(RefusalReason.NOT_ALLOWED, f"the flags are not valid and cannot be written: {fault}")
    return Refusal(RefusalReason.UNREACHABLE, f"the stage was not changed: {fault}")


def _read(row: TransitionRow) -> Transition:
    try:
        return Transition.model_validate(json.loads(row.body))
    except ValueError as error:  # pydantic's too
        raise LedgerUnusable(
            "a row of the audit trail cannot be read: `understudy history --verify` names it. Until it is repaired "
            "only `understudy freeze` and `understudy rollback --now` work"
        ) from error
