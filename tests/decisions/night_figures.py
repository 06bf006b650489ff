"""From simulated panes through bouts to verdicts: what the judge makes of whole nights of a fleet in shadow."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from operator import attrgetter
from random import Random
from typing import Final

import numpy as np
from decision_table import Figure
from rival_judges import ARGO, FLAGGER, KAYENTA
from sequential_twin import NEVER
from simulated_fleet import Kind, SettledBout, Trouble, bouts_of, fleet

from rollout.judgement.events import Differing, bout_facts, matters
from rollout.judgement.evidence import Battery, Evidence, Fact, Key
from rollout.judgement.judge import judge
from rollout.judgement.plan import Plan
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.seen import Seen
from rollout.judgement.sequential import Tally, proven
from rollout.judgement.words import Guardrail, Stage, Verdict
from shadow.bout import Bout
from shadow.compare import gravity
from shadow.differences import DiffClass, Difference, Fingerprint, Severity, Side
from shadow.labels import Label, Referee, Right
from shadow.strata import events_of, strata_of

PANES: Final = 24
SESSIONS: Final = 4
HOURS: Final = 30.0
_JUDGED_EVERY_S: Final = 300.0
_SETTLED: Final = 0.6
"""The share of differing bouts of which hindsight can say who was right."""
_STAGE: Final = Stage.SHADOW

UPDATE_S: Final = 12 * 3600.0
NIGHTS: Final = {
    "each state of an agent for itself": Trouble(0.0),
    "agents differ (ICC .05)": Trouble(0.0, alike=0.05),
    "agents differ (ICC .2)": Trouble(0.0, alike=0.2),
    "episodes of 15 minutes": Trouble(0.0, episode_s=900.0),
    "an update hits all panes at once": Trouble(0.0, begins_s=UPDATE_S),
}
SHARES: Final = (0.10, 0.01)


@dataclass(frozen=True, slots=True)
class Night:
    """Which ways of judging would have promoted, before they had rolled back."""

    bouts: bool = False
    """On the proof over bouts alone: overall and in each required stratum."""
    floors: bool = False
    """On the same, with the floors."""
    proofs: bool = False
    """On all proofs, who was right included; no floors."""
    judge: bool = False
    """The judge, where somebody closes every cluster at once and says nothing of it."""
    shipped: bool = False
    """The judge as it is: clusters of differing acts wait for a person."""
    rivals: tuple[bool, ...] = ()


def night_figures(scale: float = 1.0, plan: Plan = DEFAULT_PLAN, workers: int = 2) -> Iterator[Figure]:
    """Every night in turn; `scale` shortens the number of runs, for a test."""
    runs = max(10, round(70 * scale))
    jobs = [
        (seed, replace(trouble, share=share), plan)
        for share in SHARES
        for trouble in NIGHTS.values()
        for seed in range(runs)
    ]
    jobs += [(seed, Trouble(0.0), plan) for seed in range(runs)]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            nights = iter(list(pool.map(_night, jobs, chunksize=4)))
    else:
        nights = map(_night, jobs)
    for share in SHARES:
        for name in NIGHTS:
            yield _figure(f"wrong {share:.0%}: {name}", list(islice(nights, runs)))
    good = list(islice(nights, runs))
    yield Figure(
        "never wrong: promoted",
        _rate(good, "judge"),
        0.95,
        runs,
        at_least=True,
        rivals=_others(good),
        note="it can be earned",
    )


COLUMNS: Final = ("bouts alone", "with floors", "all proofs", "as shipped", ARGO.name, FLAGGER.name, KAYENTA.name)


def _figure(claim: str, nights: Sequence[Night]) -> Figure:
    figure = Figure(claim, _rate(nights, "judge"), 0.05, len(nights), rivals=_others(nights))
    if not figure.holds:
        return figure
    if replace(figure, value=_rate(nights, "proofs")).holds:
        note = "" if replace(figure, value=_rate(nights, "bouts")).holds else "by who was right, and rollback"
    else:
        note = "only the floors achieve it"
    return replace(figure, note=note)


def _others(nights: Sequence[Night]) -> tuple[str, ...]:
    ours = (f"{_rate(nights, name):.0%}" for name in ("bouts", "floors", "proofs", "shipped"))
    return (*ours, *(f"{np.mean([night.rivals[number] for night in nights]):.0%}" for number in range(3)))


def _rate(nights: Sequence[Night], name: str) -> float:
    return sum(getattr(night, name) is True for night in nights) / len(nights)


def _night(job: tuple[int, Trouble, Plan]) -> Night:
    return night(*job)


def night(seed: int, trouble: Trouble, plan: Plan) -> Night:
    """Judge one fleet every five minutes of its time in shadow."""
    rng, until = Random(f"{seed} {trouble}"), HOURS * 3600  # noqa: S311 - the same night for everybody
    panes = enumerate(fleet(rng, PANES, HOURS, trouble))
    bouts = [bout for pane, time in panes for bout in bouts_of(pane, time, until, plan.bout_rules)]
    bouts.sort(key=attrgetter("settled_at", "began", "pane"))
    return replace(_judged(rng, bouts, trouble, plan), rivals=_rivals(rng, bouts))


def _judged(rng: Random, bouts: Sequence[SettledBout], trouble: Trouble, plan: Plan) -> Night:
    battery, evidence = Battery.of(plan, _STAGE), _others_are_well(plan)
    seen, differing, clusters = Seen(states=frozenset(plan.coverage)), Differing(), set[Kind]()
    met, found, next_at, facts = set[int](), Night(), _JUDGED_EVERY_S, list[Fact]()
    for bout in bouts:
        while bout.settled_at > next_at:
            evidence, facts = evidence.fold(facts, battery), []
            if _is_rolled_back(evidence, battery) or (found.judge and (found.shipped or clusters)):
                return found
            if next_at > trouble.begins_s or not trouble.share:  # promoted before, it would have been right
                around = replace(
                    seen, watched_s=next_at, panes=len(met), sessions=min(SESSIONS, len(met)), differing=differing
                )
                found = _looked(found, evidence, battery, Around(around, bool(clusters), plan, next_at))
            next_at += _JUDGED_EVERY_S
        met.add(bout.pane)
        settled = not bout.kind.agrees and rng.random() < _SETTLED
        facts += _facts(bout.kind, bout.counts, settled)
        if bout.counts and not bout.kind.agrees:
            differing = Differing(differing.bouts + 1, differing.settled + settled)
            if bout.kind.incumbent_wants != bout.kind.candidate_wants:
                clusters.add(bout.kind)
    return found


@dataclass(frozen=True, slots=True)
class Around:
    """What a look of the judge rests on besides the evidence."""

    seen: Seen
    open_clusters: bool
    plan: Plan
    now: float


def _is_rolled_back(evidence: Evidence, battery: Battery) -> bool:
    return any(
        battery.processes[key].crossed(tally)
        for key, tally in evidence.tallies.items()
        if key[0] is not Guardrail.NOISE
    )


def _looked(found: Night, evidence: Evidence, battery: Battery, around: Around) -> Night:
    """One look of the judge, and of each that is less than the judge."""
    plan, seen = around.plan, around.seen
    unproven = {key[0] for key in battery.required if not _is_proven(battery, key, evidence.of(*key))}
    if Guardrail.ACTION_DIFFERENCE in unproven:
        return found
    over = around.now >= plan.of_stage(_STAGE).hours * 3600
    floors = over and seen.panes >= plan.floors.panes and seen.sessions >= plan.floors.sessions
    # the whole judge is asked where it could say so; it looks at every line of its table
    asked = floors and not unproven and not found.judge
    judged = found.judge or (asked and judge(_STAGE, evidence, seen, plan, around.now).verdict is Verdict.PROMOTABLE)
    return Night(
        bouts=True,
        floors=found.floors or floors,
        proofs=found.proofs or not unproven,
        judge=judged,
        shipped=found.shipped or (judged and not around.open_clusters),
    )


def _is_proven(battery: Battery, key: Key, tally: Tally) -> bool:
    return battery.exempt(key, tally) or proven(battery.processes[key].bound, battery.beta, tally.bouts, tally.events)


@cache
def _facts(kind: Kind, counts: bool, settled: bool) -> tuple[Fact, ...]:  # noqa: FBT001 - a key of the cache
    """What the product counts for such a bout; the candidate is wrong wherever it differs."""
    one = Side(
        state=kind.incumbent, rule=kind.incumbent, wishes=tuple((wish, 1) for wish in sorted(kind.incumbent_wants))
    )
    two = Side(
        state=kind.candidate, rule=kind.candidate, wishes=tuple((wish, 1) for wish in sorted(kind.candidate_wants))
    )
    severity, fingerprint = gravity(one, two), Fingerprint.of(one, two)
    about = {"pane": "%1", "pid": 1, "session": "s", "window": "w", "agent": "unknown", "fingerprint": fingerprint}
    sides = {"incumbent": one, "candidate": two}
    bout = Bout(
        **about, **sides, id="b", began=0.0, ended=None, looks=2, agrees=severity is None, counts=counts,
        difference=None if severity is None else Difference(
            **about, **sides, severity=severity, klass=DiffClass.TRUE, cluster=fingerprint.cluster
        ),
        strata=strata_of(one, two), differs_in=events_of(one, two),
        label=Label(right=Right.INCUMBENT, by=Referee.HINDSIGHT) if settled else None,
    )  # fmt: skip
    assert matters(bout) == (counts and severity in {Severity.ACTION, Severity.STATE})
    return tuple(bout_facts(bout))


def _others_are_well(plan: Plan) -> Evidence:
    """The guardrails that count no bouts have proven theirs: the nights are about bouts."""
    battery = Battery.of(plan, _STAGE)
    well = [Guardrail.EYES, Guardrail.FAILURE, Guardrail.CYCLE_TIME]
    return Evidence().fold((Fact(guardrail, event=False) for _ in range(400) for guardrail in well), battery)


def _rivals(rng: Random, bouts: Sequence[SettledBout]) -> tuple[bool, ...]:
    """Whether each of the others would have promoted at the end of the night, watching all along."""
    stream = np.array([[bout.kind.incumbent_wants != bout.kind.candidate_wants for bout in bouts if bout.counts]])
    baseline = np.array([[rng.random() < 0.001 for _ in stream[0]]])  # the budget
    return tuple(bool(rival.gives_up_at(stream, baseline)[0] == NEVER) for rival in (ARGO, FLAGGER, KAYENTA))
