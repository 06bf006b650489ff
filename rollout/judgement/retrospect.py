"""A stage judged in retrospect: recorded spells held against a plan, one after the other, as the live judge would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.events import OF_SPELLS, spell_facts
from rollout.judgement.evidence import Battery, Evidence
from rollout.judgement.guards import Guard, guards_that_count, missed_crashes
from rollout.judgement.judge import Judgement, judge
from rollout.judgement.plan import Plan
from rollout.judgement.scoring import Scoring
from rollout.judgement.seen import JudgementContext
from shadow.referee.evidence import evidence_of
from shadow.referee.records import ScoredSpell, Vote
from understudy.record import Instant, Record
from understudy.verdicts import UNKNOWN_AGENT


class Retrospect(Record):
    """The result of judging recorded spells."""

    verdict: Verdict
    """At the end; an unsafe candidate in shadow is held, and `unsafe_at` is set."""
    scored: int
    """The candidate's scored spells."""
    wrong: int
    """Of these, those in which it was wrong."""
    promotable_at: int | None = None
    """After so many scored spells it was promotable for the first time."""
    unsafe_at: int | None = None
    """After so many scored spells it was shown to be unsafe for the first time."""
    reasons: tuple[str, ...]
    promotable_on: Instant | None = None
    """The end of the spell of `promotable_at`."""
    unsafe_on: Instant | None = None


@dataclass(slots=True)
class _Count:
    """Return the counts so far."""

    battery: Battery
    evidence: Evidence
    scoring: Scoring
    families: set[str]
    guards: tuple[Guard, ...] = ()
    began: float | None = None
    now: float = 0.0

    def enter(self, spell: ScoredSpell) -> None:
        evidence_events = (evidence_event for event in evidence_of(spell) for evidence_event in spell_facts(event))
        self.evidence = self.evidence.fold(evidence_events, self.battery)
        self.scoring = self.scoring.count([spell])
        self.began = spell.began if self.began is None else min(self.began, spell.began)
        self.now = max(self.now, spell.ended)
        if spell.agent != UNKNOWN_AGENT:
            self.families.add(spell.agent)
        hit = missed_crashes(self.scoring.missed, self.guards)
        self.guards += tuple(replace(guard, at=self.now) for guard in hit)

    def judged(self, plan: Plan, stage: Stage) -> Judgement:
        scoring = self.scoring
        seen = JudgementContext(
            watched_s=self.now - self.began if self.began is not None else 0.0,
            panes=len(scoring.panes),
            sessions=len(scoring.sessions),
            coverage=scoring.coverage(),
            families=len(self.families),
            named=scoring.named,
            abstained=scoring.abstained,
            guards=guards_that_count(self.guards, stage, self.now),
        )
        return judge(stage, self.evidence, seen, plan, self.now)


def retrospect(spells: Iterable[ScoredSpell], plan: Plan, stage: Stage, *, minimums: bool) -> Retrospect:
    """Judge recorded spells, in the order in which they were scored, for leaving `stage`.

    The guardrails that count spells apply; those that need live cycles do not. Without `minimums` the plan's hours,
    panes, sessions and CLI families are left out; the counts that each required state takes always apply.
    """
    plan = _of_spells(plan) if minimums else _without_minimums(_of_spells(plan))
    count = _Count(Battery.of(plan, stage), Evidence(), Scoring(), set())
    scored = wrong = 0
    first: dict[str, tuple[int, float]] = {}
    judgement = count.judged(plan, stage)
    for spell in spells:
        count.enter(spell)
        scored += spell.scored
        wrong += spell.candidate is Vote.WRONG
        judgement = count.judged(plan, stage)
        place = (max(1, scored), spell.ended)
        if judgement.unsafe:
            first.setdefault("unsafe", place)
        elif judgement.verdict is Verdict.PROMOTABLE:
            first.setdefault("promotable", place)
    return _result(judgement, scored, wrong, first)


def _result(judgement: Judgement, scored: int, wrong: int, first: dict[str, tuple[int, float]]) -> Retrospect:
    promotable, unsafe = first.get("promotable"), first.get("unsafe")
    return Retrospect(
        verdict=judgement.verdict,
        scored=scored,
        wrong=wrong,
        promotable_at=promotable[0] if promotable else None,
        unsafe_at=unsafe[0] if unsafe else None,
        reasons=judgement.reasons,
        promotable_on=promotable[1] if promotable else None,
        unsafe_on=unsafe[1] if unsafe else None,
    )


def _of_spells(plan: Plan) -> Plan:
    guardrails = {name: limits for name, limits in plan.guardrails.items() if name in OF_SPELLS}
    return plan.replace(guardrails=guardrails)


def _without_minimums(plan: Plan) -> Plan:
    stages = {stage: one.replace(hours=0.0) for stage, one in plan.stages.items()}
    minimums = plan.minimums.model_copy(update=dict.fromkeys(_FLOORS, 0))
    return plan.replace(stages=stages, minimums=minimums, retire_after_days=0.0)


_FLOORS: Final[Sequence[str]] = ("panes", "sessions", "state_panes", "cli_families")
