"""The recorded trial under the default plan: the better monitor may leave shadow, and worse ones may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from name_figures import figures
from recorded_trial import Truth, analysis, calling, spells_of

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.retrospect import Retrospect, retrospect
from understudy import AgentState

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorded_trial import Watched

    from understudy import CycleReport

pytestmark = pytest.mark.timeout(300)  # whoever comes first watches the whole trial
IDLE = AgentState.IDLE


def judged(
    seen: Callable[[Watched], tuple[CycleReport, CycleReport]] | None = None, stage: Stage = Stage.SHADOW
) -> Retrospect:
    return retrospect(spells_of(analysis(), seen), DEFAULT_PLAN, stage, minimums=False)


def with_candidate(wrongly: Any) -> Retrospect:
    """`modular` as it would be with a defect, beside `legacy`."""
    return judged(lambda one: (one.incumbent, calling(one.candidate, wrongly)))


def test_every_bound_on_the_names_is_kept() -> None:
    found = figures(analysis(), spells_of(analysis()), Truth())
    assert list(found.faults()) == []


def test_every_pair_of_monitors_gives_the_same_names() -> None:
    def names(seen: Callable[[Watched], tuple[CycleReport, CycleReport]] | None = None) -> set[tuple[object, ...]]:
        return {(one.id, one.ended, one.looks, one.named, one.rule) for one in spells_of(analysis(), seen)}

    assert names() == names(lambda one: (one.candidate, one.incumbent)) == names(lambda one: (one.incumbent,) * 2)


def test_the_better_monitor_may_leave_shadow_and_is_never_unsafe() -> None:
    found = judged()
    assert found.verdict is Verdict.PROMOTABLE
    assert found.promotable_at is not None
    assert found.unsafe_at is None


def test_to_leave_beta_it_lacks_spells_of_rare_states_only() -> None:
    found = judged(stage=Stage.BETA)
    assert found.verdict is Verdict.HOLD
    assert found.unsafe_at is None
    assert all(" of " in reason and reason.endswith("spells") for reason in found.reasons)
    assert {reason.partition(":")[0] for reason in found.reasons} <= {"waiting_approval", "crashed"}


def test_the_worse_monitor_as_the_candidate_is_soon_unsafe_and_never_promotable() -> None:
    found = judged(lambda one: (one.candidate, one.incumbent))
    assert found.verdict is Verdict.HOLD
    assert found.unsafe_at is not None
    assert found.unsafe_at <= 50
    assert found.promotable_at is None


def test_a_monitor_beside_itself_is_never_unsafe() -> None:
    assert judged(lambda one: (one.candidate, one.candidate)).unsafe_at is None


def test_one_that_calls_crashed_idle_is_unsafe_within_a_hundred_spells() -> None:
    found = with_candidate(lambda _, state: IDLE if state is AgentState.CRASHED else None)
    assert found.unsafe_at is not None
    assert found.unsafe_at <= 100
    assert found.promotable_at is None


def every(nth: int, of: AgentState) -> Callable[[str, AgentState], AgentState | None]:
    """Call every n-th look of a state idle, by pane."""
    counted: dict[str, int] = {}

    def wrongly(pane: str, state: AgentState) -> AgentState | None:
        if state is not of:
            return None
        counted[pane] = counted.get(pane, 0) + 1
        return IDLE if counted[pane] % nth == 0 else None

    return wrongly


@pytest.mark.parametrize(("state", "nth"), [(AgentState.WAITING_APPROVAL, 3), (AgentState.BUSY, 20)])
def test_one_that_now_and_then_calls_a_state_idle_is_never_promotable(state: AgentState, nth: int) -> None:
    assert with_candidate(every(nth, state)).promotable_at is None


@pytest.mark.parametrize("state", [AgentState.BUSY, AgentState.WAITING_APPROVAL, AgentState.IDLE])
def test_one_that_never_gives_a_verdict_on_a_state_is_not_promotable(state: AgentState) -> None:
    found = with_candidate(lambda _, said: AgentState.UNKNOWN if said is state else None)
    assert found.promotable_at is None
    assert found.wrong == 0


def test_a_mute_candidate_is_found_by_what_it_did_not_tell() -> None:
    def mute(one: Watched) -> tuple[CycleReport, CycleReport]:
        return one.incumbent, one.candidate.model_copy(update={"intents": ()})

    found = judged(mute)
    assert found.wrong == 0
    assert found.promotable_at is None
