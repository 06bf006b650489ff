"""Situations of a rollout by where it stands: collecting, promotable, unsafe, rolled back, stopped, retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.events import cycle_event
from rollout.judgement.headline import Word
from rollout.judgement.rollout_status import HARNESS, Request, RequestKind
from rollout.loop.evidence import MonitorCall, events_of_calls
from rollout.loop.monitor_role import MonitorRole
from rollout.store.orders import OrderKind, give
from tests.cli.recorded_rollout import NOW, PLAN
from understudy import AgentState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.recorded_rollout import Recorded


def fresh(on: Recorded) -> None:
    on.cycle_result = False


def collecting(on: Recorded) -> None:
    on.clean(rounds=8)
    on.judge()


def held_for_counts(on: Recorded) -> None:
    on.clean(tuple(state for state in PLAN.required_states if state is not AgentState.WAITING_APPROVAL))
    on.judge()


def unsafe_in_shadow(on: Recorded) -> None:
    on.clean()
    on.wrong(400)
    on.judge()


def unsafe_in_canary(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.wrong(400)
    on.judge()


def promotable(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.judge()


def promotable_with_tied_hands(on: Recorded) -> None:
    on.clean()
    on.act = False
    on.judge()


def awaiting_approval(on: Recorded) -> None:
    on.to(Stage.PRODUCTION)
    on.clean(rounds=3000)
    on.judge()


def back_by_a_guard(on: Recorded) -> None:
    unsafe_in_canary(on)
    assert on.analysis.judgement is not None
    on.move(RequestKind.ROLLBACK, HARNESS, on.analysis.judgement.reasons[0], verdict=Verdict.ROLLBACK)


def back_by_a_person(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    on.move(RequestKind.ROLLBACK, reason="it looked odd")
    on.judge()


def back_while_a_rollback_was_due(on: Recorded) -> None:
    """An order that no cycle has carried out yet, beside a judge who has just called for it."""
    unsafe_in_canary(on)
    give(OrderKind.ROLLBACK, on.folder.path, actor="ann", reason="pager")


def paused(on: Recorded) -> None:
    on.clean()
    on.move(RequestKind.PAUSE, reason="holiday")
    on.judge()


def frozen(on: Recorded) -> None:
    on.clean()
    on.move(RequestKind.FREEZE, reason="pager")
    on.judge()


def frozen_by_an_order(on: Recorded) -> None:
    promotable(on)
    give(OrderKind.FREEZE, on.folder.path, actor="ann", reason="pager")


def crash_loop(on: Recorded) -> None:
    on.to(Stage.CANARY)
    on.clean()
    for number in range(PLAN.crash_loop):
        on.analysis, _ = events_of_calls(
            on.analysis,
            [MonitorCall(MonitorRole.CANDIDATE, f"c-{number}", failed=True, text="it exited with 1")],
            NOW,
            PLAN,
        )
    on.judge()


def no_cycle_in_this_stage(on: Recorded) -> None:
    on.clean()
    on.judge()
    on.controller.request(Request(RequestKind.PROMOTE, "ann", "so it was decided", NOW - 5))


def no_run(on: Recorded) -> None:
    collecting(on)
    on.age_s = 4000.0


def retired(on: Recorded) -> None:
    on.to(Stage.PRODUCTION)
    on.move(RequestKind.RETIRE, verdict=Verdict.PROMOTABLE)
    on.counts(*(cycle_event(f"c-{n}", NOW, failed=False) for n in range(10)))
    on.judge()


STAGES: list[tuple[Callable[[Recorded], None], Word, str]] = [
    (fresh, Word.NO_RUN, "no cycle yet"),
    (collecting, Word.WATCHING, "collecting evidence"),
    (held_for_counts, Word.WATCHING, "waiting_approval: 0 of"),
    (unsafe_in_shadow, Word.UNSAFE, "held in shadow"),
    (unsafe_in_canary, Word.UNSAFE, "a rollback is due"),
    (promotable, Word.READY, "earned beta"),
    (promotable_with_tied_hands, Word.READY, "only watches"),
    (awaiting_approval, Word.READY, "may be retired"),
    (back_by_a_guard, Word.ROLLED_BACK, "proven to be above"),
    (back_by_a_person, Word.ROLLED_BACK, "it looked odd"),
    (back_while_a_rollback_was_due, Word.ROLLED_BACK, "by ann: pager"),
    (paused, Word.NEEDS_YOU, "holiday"),
    (frozen, Word.NEEDS_YOU, "pager"),
    (frozen_by_an_order, Word.NEEDS_YOU, "by ann: pager"),
    (crash_loop, Word.UNSAFE, "failed 5 cycles in a row"),
    (no_cycle_in_this_stage, Word.WATCHING, "no cycle was judged in this stage"),
    (no_run, Word.NO_RUN, "the last cycle was"),
    (retired, Word.WATCHING, "the only monitor"),
]
"""Each with the word and a part of the sentence that it must lead to."""
