"""The number of scored spells until pairs of monitors are told apart, and the same under other rules."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from decision_table import Figure
from numpy.typing import NDArray
from rival_judges import Rival, failed_windows, mann_whitney
from sequential_twin import NEVER, rolled_back_at
from spell_judge import FAR, ruled
from spell_streams import (
    LEGACY,
    LEGACY_SILENT,
    MODULAR_SILENT,
    RIGHT,
    WRONG,
    Pair,
    Spells,
    drawn_spells,
)

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.evidence import Battery
from rollout.judgement.plan import Plan
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import EvidenceProcess

RUNS, LENGTH = 1000, 1500
SLACK: Final = 1.15
"""Over the figures of the design."""
_ERRS: Final = (0.01, 0.03)
_SPELLS: Final = 50
_FAILS: Final = 0.10
SPELL_RIVALS: Final = (
    Rival("Argo, limit 3", failed_windows(4, _SPELLS, _FAILS)),
    Rival("Flagger, threshold 5", failed_windows(5, _SPELLS, _FAILS)),
    Rival("Kayenta", mann_whitney),
)
_EARLIER: Final = EvidenceProcess(unsafe=0.001, promote=0.01, limit=667)
"""The rule that this product had before: roll back where acts differ in more than 0.1 % of the bouts."""
COLUMNS: Final = (*(rival.name for rival in SPELL_RIVALS), "differences counted")

_VOTES: Final = frozenset({Guardrail.WRONG, Guardrail.WORSE})
"""The guardrails that the figures of the design were found with; `told` and `duty` are printed beside them."""

BETTER: Final = Pair({"*": 0.009}, LEGACY, MODULAR_SILENT, LEGACY_SILENT)
EQUAL: Final = Pair({"*": 0.01}, {"*": 0.01})
AS_LEGACY: Final = Pair(LEGACY, {"*": 0.009}, LEGACY_SILENT, MODULAR_SILENT)
CRASH: Final = Pair({"*": 0.01, "crashed": 1 / 3}, {"*": 0.01, "busy": 0.3})
WAITING: Final = Pair({"*": 0.01, "waiting_approval": 1 / 3}, {"*": 0.01, "busy": 0.3})
BUSY: Final = Pair({"*": 0.01, "busy": 0.2}, {"*": 0.01})
ONE_IN_TEN: Final = Pair({"*": 0.01, "waiting_approval": 0.10}, {"*": 0.01, "busy": 0.3})
BUSY_5: Final = Pair({"*": 0.01, "busy": 0.05}, {"*": 0.01})


def spell_figures(scale: float = 1.0, plan: Plan = DEFAULT_PLAN) -> Iterator[Figure]:
    """Every figure in turn; `scale` shortens the number of runs, for a test."""
    runs = max(40, round(RUNS * scale))
    shadow, beta = Battery.of(plan, Stage.SHADOW), Battery.of(plan, Stage.BETA)
    for errs, better, equal in zip(_ERRS, ((233, 423), (395, 799)), ((243, 419), (397, 814)), strict=True):
        for name, pair, bounds in (("better candidate", BETTER, better), ("equal pair, 99 %", EQUAL, equal)):
            spells = drawn_spells(11, runs, LENGTH, pair, errs)
            found = ruled(spells, shadow, _VOTES)
            claim = f"{name}, referee errs {errs:.0%}: promotable"
            yield from _moments(claim, found.promotable, bounds, _others(spells))
            both = ruled(spells, shadow)
            yield from _moments("  with `told` and `duty`", both.promotable, None, ())
            yield Figure(f"  {name}: promotable at all", _share(found.promoted), 0.95, runs, at_least=True)
    for name, pair, bounds in (
        ("candidate like the monolith", AS_LEGACY, (21, 36)),
        ("misses one crash in three", CRASH, (196, 376)),
        ("calls one waiting in three idle", WAITING, (260, 499)),
        ("wrong in a fifth of busy", BUSY, (188, 336)),
    ):
        spells = drawn_spells(12, runs, LENGTH, pair, 0.01)
        yield from _moments(f"{name}: unsafe", ruled(spells, shadow).unsafe, bounds, _others(spells))
    found = ruled(drawn_spells(13, runs, LENGTH, ONE_IN_TEN, 0.01), beta)
    yield Figure("one waiting in ten wrong: promoted from beta", _share(found.promoted), 0.05, runs)
    found = ruled(drawn_spells(14, runs, LENGTH, BUSY_5, 0.01), Battery.of(plan, Stage.CANARY))
    yield Figure("5 % of busy wrong: promoted from canary", _share(found.promoted), 0.25, runs)
    yield from _false_alarms(runs, shadow)
    yield from _at_the_bounds(runs, plan)


def _false_alarms(runs: int, battery: Battery) -> Iterator[Figure]:
    """An equal pair that is called unsafe. Each state is wrong in 2 % of its spells, the referee errs in 1 %."""
    for alike in (0.0, 0.05, 0.2):
        spells = drawn_spells(15, runs, LENGTH, Pair({"*": 0.02}, {"*": 0.02}, alike=alike), 0.01)
        found = ruled(spells, battery)
        bound = None if alike > 0.05 else 0.01
        yield Figure(f"falsely unsafe, ICC {alike:g}", _share(found.unsafe < FAR), bound, runs, rivals=_others(spells))


def _at_the_bounds(runs: int, plan: Plan) -> Iterator[Figure]:
    """Candidates exactly as bad as a bound allows, judged with a referee that does not err."""
    shadow = Battery.of(plan, Stage.SHADOW)
    for state, by_itself in plan.states.items():
        bound = by_itself.promote_from(Stage.SHADOW)
        for alike in (0.0, 0.2):
            pair = Pair({"*": 0.0, str(state): bound}, {"*": 0.0, str(state): 1.0}, alike=alike)
            found = ruled(drawn_spells(16, runs, LENGTH, pair, 0.0), shadow)
            claim = f"wrong in {bound:.0%} of {state}, ICC {alike:g}: promoted"
            yield Figure(claim, _share(found.promoted), None if alike else 0.05, runs)
    overall = plan.guardrails[Guardrail.WRONG].promote_from(Stage.SHADOW)
    for alike in (0.0, 0.2):
        pair = Pair({"*": overall}, {"*": overall}, alike=alike)
        found = ruled(drawn_spells(17, runs, LENGTH, pair, 0.0), shadow)
        claim = f"wrong in {overall:.0%} overall, ICC {alike:g}: promoted"
        yield Figure(claim, _share(found.promoted), None if alike else 0.05, runs)
    yield _versions(runs, plan)


def _versions(runs: int, plan: Plan, versions: int = 14) -> Figure:
    """The same bad candidate, tried again fourteen times as if it were another."""
    state, by_itself = next(iter(plan.states.items()))
    pair = Pair({"*": 0.0, str(state): by_itself.promote_from(Stage.SHADOW)}, {"*": 0.0, str(state): 1.0})
    ever = np.zeros(runs, bool)
    for version in range(1, versions + 1):
        spells = drawn_spells(100 + version, runs, LENGTH // 3, pair, 0.0)
        ever |= ruled(spells, Battery.of(plan, Stage.SHADOW, version=version)).promoted
    return Figure(f"{versions} bad versions in a row: one promoted", _share(ever), 0.05, runs)


def _moments(
    claim: str, at: NDArray[np.int64], bounds: tuple[int, int] | None, rivals: tuple[str, ...]
) -> Iterator[Figure]:
    for place, (share, said) in enumerate(((50, "median"), (90, "p90"))):
        value = float(np.percentile(at, share, method="lower"))
        bound = round(bounds[place] * SLACK) if bounds else None
        yield Figure(f"{claim}: {said}", value, bound, len(at), is_rate=False, rivals=rivals)
        claim, rivals = f"  {claim}", ()


def _others(spells: Spells) -> tuple[str, ...]:
    """The share of the same streams that each other rule sends back."""
    few = slice(0, 200)
    ours, theirs = spells.candidate[few] == WRONG, spells.incumbent[few] == WRONG
    said = [f"{float((rival.gives_up_at(ours, theirs) != NEVER).mean()):.0%} back" for rival in SPELL_RIVALS]
    differs = (spells.candidate[few] == RIGHT) != (spells.incumbent[few] == RIGHT)
    said.append(f"{float((rolled_back_at(differs, _EARLIER) != NEVER).mean()):.0%} back")
    return tuple(said)


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean())
