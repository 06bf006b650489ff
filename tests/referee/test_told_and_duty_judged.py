"""A candidate that is right about every state and fails only in what it tells: the judge finds each, and says where."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import pytest
from referee_cases import Referee, Wants, printing, report, spell, want

from rollout.judgement.enums import Guardrail, Stage, Verdict
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.retrospect import Retrospect, retrospect
from shadow.referee.records import Duty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shadow.referee.records import ScoredSpell

ROUNDS = 150
"""Each has one spell of each state that the plan requires."""
CRASH, APPROVAL, IDLE = want("notify_manager:crash"), want("notify_manager:approval"), want("notify_manager:idle")
TELLS: dict[str, Wants] = {"idle": {2: [IDLE]}, "waiting_approval": {2: [APPROVAL]}, "crashed": {2: [CRASH]}}
"""By state, a monitor that tells as it should: once, in time, its own manager."""


@cache
def busy() -> ScoredSpell:
    watch = Referee().look(printing(1))
    for look in range(1, 12):
        frames = [printing(8 * look + frame) for frame in range(4)]
        watch.look(*frames, incumbent=report("busy"), candidate=report("busy"))
    return next(one for one in watch.end() if str(one.named) == "busy")


def drawn(candidate: dict[str, Wants], incumbent: dict[str, Wants] = TELLS) -> tuple[ScoredSpell, ...]:
    """One spell of each state, as the referee scores it."""
    return (busy(), *(spell(incumbent[state], candidate[state], state=state) for state in TELLS))


def stream(those: Iterable[ScoredSpell], rounds: int = ROUNDS) -> Iterator[ScoredSpell]:
    """The same spells again and again, on other panes."""
    fleet, numbers = tuple(those), count()
    for again in range(rounds):
        for one in fleet:
            number = next(numbers)
            moved = {"began": one.began + 60.0 * again, "ended": one.ended + 60.0 * again}
            yield one.model_copy(update={"id": f"s-{number}", "pane": f"%{number % 40}", "pid": number % 40, **moved})


def judged(those: Iterable[ScoredSpell], stage: Stage = Stage.CANARY, rounds: int = ROUNDS) -> Retrospect:
    return retrospect(stream(those, rounds), DEFAULT_PLAN, stage, minimums=False)


def failing(reasons: Iterable[str]) -> set[str]:
    """The guardrails that are called unsafe, by the first word of each reason."""
    return {reason.removeprefix("unsafe, held in shadow: ").split()[0] for reason in reasons}


MUTE: dict[str, Wants] = {state: {} for state in TELLS}
TELLS_TWICE: dict[str, Wants] = {
    **TELLS,
    "waiting_approval": {2: [APPROVAL], 3: [], 6: [APPROVAL]},
    "crashed": {2: [CRASH], 3: [], 6: [CRASH]},
}
NO_MANAGER = "%1"
WRONG_MANAGER: dict[str, Wants] = {
    "idle": {2: [want("notify_manager:idle", target=NO_MANAGER)]},
    "waiting_approval": {2: [want("notify_manager:approval", target=NO_MANAGER)]},
    "crashed": {2: [want("notify_manager:crash", target=NO_MANAGER)]},
}
NO_APPROVALS: dict[str, Wants] = {**TELLS, "waiting_approval": {}}
SILENT_AT_REST: dict[str, Wants] = {**TELLS, "idle": {}}
TOO_LATE: dict[str, Wants] = {**TELLS, "crashed": {25: [CRASH]}}


def test_a_candidate_that_tells_as_it_should_is_promotable() -> None:
    found = judged(drawn(TELLS))
    assert (found.verdict, found.unsafe_at) == (Verdict.PROMOTABLE, None)


@pytest.mark.parametrize(
    ("candidate", "where"),
    [
        pytest.param(MUTE, {"told", "duty"}, id="mute"),
        pytest.param(TELLS_TWICE, {"told", "duty"}, id="tells twice"),
        pytest.param(WRONG_MANAGER, {"told", "duty"}, id="tells the wrong manager"),
        pytest.param(NO_APPROVALS, {"told", "duty"}, id="leaves approvals unanswered"),
        pytest.param(SILENT_AT_REST, {"told"}, id="does not tell of idle agents"),
        pytest.param(TOO_LATE, {"told", "duty"}, id="tells of crashes too late"),
    ],
)
def test_one_that_fails_only_in_what_it_tells_goes_back_and_never_goes_on(
    candidate: dict[str, Wants], where: set[str]
) -> None:
    found = judged(drawn(candidate))
    assert (found.verdict, found.wrong, found.promotable_at) == (Verdict.ROLLBACK, 0, None)
    assert failing(found.reasons) == where


def test_in_shadow_it_is_held_as_unsafe() -> None:
    found = judged(drawn(MUTE), Stage.SHADOW)
    assert (found.verdict, found.unsafe_at is not None) == (Verdict.HOLD, True)
    assert failing(found.reasons) == {"told", "duty"}


def test_duty_needs_no_incumbent_that_tells() -> None:
    found = judged(drawn(NO_APPROVALS, incumbent=MUTE))
    assert failing(found.reasons) == {str(Guardrail.DUTY)}


@pytest.mark.parametrize(
    ("candidate", "state", "said"),
    [
        (MUTE, "crashed", Duty.MISSED),
        (TELLS_TWICE, "crashed", Duty.REPEATED),
        (WRONG_MANAGER, "waiting_approval", Duty.MISDIRECTED),
        (NO_APPROVALS, "waiting_approval", Duty.MISSED),
        (TOO_LATE, "crashed", Duty.MISSED),
    ],
)
def test_the_spell_says_how_it_failed(candidate: dict[str, Wants], state: str, said: Duty) -> None:
    assert spell(TELLS[state], candidate[state], state=state).duty is said
