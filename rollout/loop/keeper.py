"""The keeper of the stage: the ledger holds what is wanted, the flag is what happens, and a crash between them heals.

A transition is a pending row, then the flag, then the row committed. A pending row found at a start is finished where
the flag has the revision that it was to write, and undone where it has not.
"""

import json

from rollout.judgement.chain import Transition
from rollout.judgement.plan import Plan
from rollout.judgement.stages import apply, begin
from rollout.judgement.standing import Ask, Refusal, Request, Standing, Why, stands
from rollout.store.flags import BadFlags, FlagsFile, RevisionMoved
from rollout.store.ledger import Ledger, LedgerReader, StageMoved, TransitionRow


def trail(ledger: LedgerReader) -> tuple[Transition, ...]:
    """Every transition that came to pass, oldest first."""
    return tuple(_read(row) for row in ledger.transitions() if row.status == "committed")


def standing(ledger: LedgerReader) -> Standing:
    """Where the rollout stands by its audit trail."""
    now = Standing()
    for transition in trail(ledger):
        now = stands(transition, now)
    return now


class StageKeeper:
    """Moves the stage, one move at a time, whoever asks: the loop or an operator's command."""

    def __init__(self, ledger: Ledger, flags: FlagsFile, plan: Plan) -> None:
        self._ledger = ledger
        self._flags = flags
        self._plan = plan

    def wake(self, now: float) -> Standing:
        """Finish or undo what was pending, and begin where nothing has begun; returns where the rollout stands."""
        for row in self._ledger.transitions():
            if row.status == "pending":
                self._finish(row.hash, reached=self._reached(_read(row)))
        if standing(self._ledger).last_hash == "":
            self._add(begin(now), after="")
        return standing(self._ledger)

    def ask(self, request: Request) -> Transition | Refusal:
        """Answer a request, and make the move where the answer is one."""
        before = standing(self._ledger)
        revision = self._flag_revision()
        if revision is not None:  # a file put in place by hand counts on from its own revision
            before = before.model_copy(update={"flag_revision": revision})
        answer = apply(before, request, self._plan)
        if isinstance(answer, Refusal):
            return answer
        try:
            self._add(answer, after=before.last_hash)
        except StageMoved as moved:
            return Refusal(Why.CONFLICT, str(moved))
        return self._flagged(answer) if answer.moves_flag else answer

    def _flagged(self, transition: Transition) -> Transition | Refusal:
        """Write the flag for a pending row; a rollback writes it whatever stands there."""
        expected = None if transition.request == Ask.ROLLBACK else (transition.flag_revision or 0) - 1
        try:
            self._flags.write_exposure(transition.exposure_percent, expected)
        except RevisionMoved as moved:
            self._finish(transition.hash, reached=False)
            return Refusal(Why.CONFLICT, str(moved))
        except BadFlags as bad:
            self._finish(transition.hash, reached=False)
            return Refusal(Why.NOT_ALLOWED, f"the flags cannot be written before they are mended: {bad}")
        self._finish(transition.hash, reached=True)
        return transition

    def _add(self, transition: Transition, *, after: str) -> None:
        row = TransitionRow(
            at=transition.at,
            status="pending" if transition.moves_flag else "committed",
            hash=transition.hash,
            body=transition.model_dump_json(by_alias=True),
        )
        with self._ledger.transaction() as tx:
            tx.add_transition(row, after=after)

    def _finish(self, transition_hash: str, *, reached: bool) -> None:
        with self._ledger.transaction() as tx:
            tx.finish_transition(transition_hash, "committed" if reached else "undone")

    def _reached(self, transition: Transition) -> bool:
        try:
            flags = self._flags.read()
        except BadFlags:
            return False
        return (
            flags.revision >= (transition.flag_revision or 0) and flags.candidate.percent == transition.exposure_percent
        )

    def _flag_revision(self) -> int | None:
        try:
            return self._flags.read().revision
        except BadFlags:
            return None


def _read(row: TransitionRow) -> Transition:
    return Transition.model_validate(json.loads(row.body))
