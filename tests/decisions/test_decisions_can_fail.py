"""The table is worth something only if a weaker judge is seen in it."""

import numpy as np
from decision_table import Figure
from sequential_twin import NEVER, proven_at, rolled_back_at
from spell_figures import ONE_IN_TEN
from spell_judge import FAR, ruled
from spell_streams import Pair, Spells, drawn_spells
from stream_figures import BOUND, BUDGET, drawn

from rollout.judgement.enums import Stage
from rollout.judgement.evidence import Battery
from rollout.judgement.plan import Plan
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import EvidenceProcess


def share(found: np.ndarray) -> float:
    return float((found != NEVER).mean())


def test_a_tenfold_alpha_is_seen() -> None:
    streams = drawn(21, 400, (6000, BUDGET))
    strict, loose = (EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=limit) for limit in (100, 10))
    assert Figure("false rollback", share(rolled_back_at(streams, strict)), 0.01, 400).holds
    assert not Figure("false rollback", share(rolled_back_at(streams, loose)), 0.01, 400).holds


def test_a_threefold_beta_is_seen() -> None:
    streams = drawn(22, 400, (6000, BOUND))
    assert Figure("wrong promotion", share(proven_at(streams, BOUND, 0.05)), 0.05, 400).holds
    assert not Figure("wrong promotion", share(proven_at(streams, BOUND, 0.15)), 0.05, 400).holds


def test_a_slower_test_is_seen() -> None:
    streams = drawn(23, 400, (4000, 0.01))
    delays = [
        np.median(rolled_back_at(streams, EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=limit)))
        for limit in (100, 1e4)
    ]
    assert delays[0] <= 450 * 1.1 < delays[1]


def test_a_plan_that_takes_less_proof_is_seen() -> None:
    loose = {state: by_itself.model_copy(update={"promote": 0.6}) for state, by_itself in DEFAULT_PLAN.states.items()}
    spells = drawn_spells(24, 200, 800, ONE_IN_TEN, 0.01)
    assert promoted(spells, DEFAULT_PLAN).holds
    assert not promoted(spells, DEFAULT_PLAN.model_copy(update={"states": loose})).holds


def promoted(spells: Spells, plan: Plan) -> Figure:
    found = ruled(spells, Battery.of(plan, Stage.BETA))
    return Figure("one waiting in ten wrong", float(found.promoted.mean()), 0.05, len(found.unsafe))


def test_an_unsafe_limit_that_is_too_low_is_seen() -> None:
    pair = Pair({"*": 0.04}, {"*": 0.04})
    spells = drawn_spells(25, 300, 1000, pair, 0.01)
    low = {state: by_itself.model_copy(update={"limit": 10.0}) for state, by_itself in DEFAULT_PLAN.states.items()}
    plan = DEFAULT_PLAN.model_copy(update={"states": low, "alpha": 0.5})
    alarms = [float((ruled(spells, Battery.of(one, Stage.SHADOW)).unsafe < FAR).mean()) for one in (DEFAULT_PLAN, plan)]
    assert alarms[0] < alarms[1]
    assert not Figure("falsely unsafe", alarms[1], 0.01, 300).holds
