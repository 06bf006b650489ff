"""The table is worth something only if a weaker judge is seen in it."""

import numpy as np
from decision_table import Figure
from night_figures import UPDATE_S, night
from sequential_twin import NEVER, proven_at, rolled_back_at
from simulated_fleet import Trouble
from stream_figures import BOUND, BUDGET, drawn

from rollout.judgement.plan import Floors, Plan
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import Process
from rollout.judgement.words import Stage

NO_FLOORS = DEFAULT_PLAN.model_copy(
    update={
        "stages": DEFAULT_PLAN.stages
        | {Stage.SHADOW: DEFAULT_PLAN.stages[Stage.SHADOW].model_copy(update={"hours": 0.0})},
        "floors": Floors(panes=0, sessions=0),
    }
)


def share(found: np.ndarray) -> float:
    return float((found != NEVER).mean())


def test_a_tenfold_alpha_is_seen() -> None:
    streams = drawn(21, 400, (6000, BUDGET))
    strict, loose = (Process(budget=BUDGET, bound=BOUND, limit=limit) for limit in (100, 10))
    assert Figure("false rollback", share(rolled_back_at(streams, strict)), 0.01, 400).holds
    assert not Figure("false rollback", share(rolled_back_at(streams, loose)), 0.01, 400).holds


def test_a_threefold_beta_is_seen() -> None:
    streams = drawn(22, 400, (6000, BOUND))
    assert Figure("wrong promotion", share(proven_at(streams, BOUND, 0.05)), 0.05, 400).holds
    assert not Figure("wrong promotion", share(proven_at(streams, BOUND, 0.15)), 0.05, 400).holds


def test_a_slower_test_is_seen() -> None:
    streams = drawn(23, 400, (4000, 0.01))
    delays = [
        np.median(rolled_back_at(streams, Process(budget=BUDGET, bound=BOUND, limit=limit))) for limit in (100, 1e4)
    ]
    assert delays[0] <= 450 * 1.1 < delays[1]


def test_a_judge_without_floors_is_seen() -> None:
    runs, update = range(4), Trouble(0.1, begins_s=UPDATE_S)
    assert promoted(runs, update, DEFAULT_PLAN).holds
    assert not promoted(runs, update, NO_FLOORS).holds


def promoted(seeds: range, trouble: Trouble, plan: Plan) -> Figure:
    wrong = sum(night(seed, trouble, plan).judge for seed in seeds) / len(seeds)
    return Figure("an update hits all panes at once", wrong, 0.05, len(seeds))
