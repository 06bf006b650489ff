"""The keeper of the stage: the ledger holds what is wanted, the flag is what happens, and a crash between them heals.

A transition is a pending row, then the flag, then the row committed. A pending row found at a start is finished where
the flag has the revision that it was to write, and undone where it has not.
"""

import json
from typing import Protocol

from rollout.judgement.chain import Transition
from rollout.judgement.plan import Plan
from rollout.judgement.stages import apply, begin
from rollout.judgement.standing import Refusal, Request, Standing, Why, stands
from rollout.store.ledger import Ledger, LedgerReader, StageMoved, TransitionRow


class ExposureFlag(Protocol):
    """The flag that decides how many leases the candidate owns."""

    def exposure(self) -> tuple[int, int]:
        """Percent and revision as the file has them; raises where the file cannot be trusted."""
        ...

    def write_exposure(self, percent: int, *, revision: int) -> None:
        """Write both, whatever the file said before."""
        ...


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

    def __init__(self, ledger: Ledger, flag: ExposureFlag, plan: Plan) -> None:
        self._ledger = ledger
        self._flag = flag
        self._plan = plan

    def wake(self, now: float) -> Standing:
        """Finish or undo what was pending, and begin where nothing has begun; returns where the rollout stands."""
        for row in self._ledger.transitions():
            if row.status == "pending":
                transition = _read(row)
                reached = not transition.moves_flag or self._flag.exposure()[1] == transition.flag_revision
                with self._ledger.transaction() as tx:
                    tx.finish_transition(row.hash, "committed" if reached else "undone")
        if standing(self._ledger).last_hash == "":
            self._make(begin(now), "")
        return standing(self._ledger)

    def ask(self, request: Request) -> Transition | Refusal:
        """Answer a request, and make the move where the answer is one."""
        before = standing(self._ledger)
        answer = apply(before, request, self._plan)
        if isinstance(answer, Transition):
            try:
                self._make(answer, before.last_hash)
            except StageMoved as moved:
                return Refusal(Why.CONFLICT, str(moved))
        return answer

    def _make(self, transition: Transition, after: str) -> None:
        row = TransitionRow(
            at=transition.at,
            status="pending" if transition.moves_flag else "committed",
            hash=transition.hash,
            body=transition.model_dump_json(by_alias=True),
        )
        with self._ledger.transaction() as tx:
            tx.add_transition(row, after=after)
        if transition.flag_revision is not None:
            self._flag.write_exposure(transition.exposure_percent, revision=transition.flag_revision)
            with self._ledger.transaction() as tx:
                tx.finish_transition(transition.hash, "committed")


def _read(row: TransitionRow) -> Transition:
    return Transition.model_validate(json.loads(row.body))
