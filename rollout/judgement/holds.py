"""Holds: every reason against a promotion besides the evidence. Missing data is one of them."""

from collections.abc import Iterator

from rollout.judgement.enums import Guardrail, Stage, percent
from rollout.judgement.evidence import Evidence, EvidenceLine
from rollout.judgement.plan import Plan
from rollout.judgement.seen import LOOK_BACK, JudgementContext

_SHOWN = 5


def holds(
    stage: Stage, rows: tuple[EvidenceLine, ...], evidence: Evidence, seen: JudgementContext, plan: Plan, now: float
) -> tuple[str, ...]:
    """Return a sentence for each hold, the gravest first."""
    return tuple(_holds(stage, rows, evidence, seen, plan, now))


def _holds(
    stage: Stage, rows: tuple[EvidenceLine, ...], evidence: Evidence, seen: JudgementContext, plan: Plan, now: float
) -> Iterator[str]:
    if seen.stopped:
        yield seen.stopped
    if seen.drift:
        yield f"{seen.drift}. The smaller exposure is used until they agree: `understudy flags check`"
    yield from _ill(stage, seen)
    yield from _quiet(rows, evidence, plan, now)
    yield from _exposed(seen)
    yield from (reading.text for reading in seen.signals if reading.holds)
    yield from (outcome.text for outcome in seen.outcomes if outcome.holds)
    yield from _scoring(seen, plan)
    if stage is not Stage.RETIRED:  # nothing is promoted from there
        yield from (version.text for version in seen.new_versions)
    for row in rows:
        if row.guardrail is Guardrail.NOISE and row.crossed and row.unsafe is not None:
            yield (
                f"the incumbent is noisy: it disagreed with itself in {row.events} of {row.bouts} bouts, more than "
                f"{percent(row.unsafe)}. A difference from it is weak evidence"
            )
    yield from _unreviewed(seen, plan)


def _ill(stage: Stage, seen: JudgementContext) -> Iterator[str]:
    if seen.incumbent_ill and stage is not Stage.RETIRED:
        yield f"the incumbent could not take over now: {seen.incumbent_ill}"
    if seen.candidate_ill:
        yield f"the candidate could not take over now: {seen.candidate_ill}"


def _unreviewed(seen: JudgementContext, plan: Plan) -> Iterator[str]:
    if not plan.review:  # its action stays with the incumbent all the same
        return
    if seen.novel:
        yield (
            f"a new kind of action difference: the incumbent does {', '.join(seen.novel)} until an operator has "
            "reviewed it: `understudy diffs list --open`"
        )
    if seen.clusters_open:
        many = len(seen.clusters_open)
        yield (
            f"{many} cluster{'s' if many > 1 else ''} of differences not reviewed "
            f"({', '.join(seen.clusters_open[:_SHOWN])}{', ...' if many > _SHOWN else ''}): "
            "`understudy diffs show ID`, then `settle` or `accept`"
        )


def _scoring(seen: JudgementContext, plan: Plan) -> Iterator[str]:
    if seen.named and seen.abstained > plan.abstained * seen.named:
        yield (
            f"the candidate gave no verdict in {seen.abstained} of {seen.named} named spells, more than "
            f"{percent(plan.abstained)}. A spell without a verdict cannot be scored"
        )
    scored = seen.named + seen.overruled
    if seen.overruled > plan.overruled * scored:
        yield (
            f"{seen.overruled} of {scored} spells were overruled by operators, more than {percent(plan.overruled)}: "
            "the remaining spells are too few to judge by"
        )


def _exposed(seen: JudgementContext) -> Iterator[str]:
    if missed := seen.leases_missed:
        yield (
            f"exposure is missing: the candidate did not own {missed} of the last {min(len(seen.leases), LOOK_BACK)} "
            f"leases that the flag assigned to it"
        )
    if seen.exposure_missing:
        yield seen.exposure_missing


_NEEDS_NO_NEWS = frozenset({Guardrail.NOISE, Guardrail.TOLD, Guardrail.WORSE, Guardrail.DUTY})
"""Guardrails whose units may be rare on a healthy fleet: few of them is no sign of a broken measurement."""


def _quiet(rows: tuple[EvidenceLine, ...], evidence: Evidence, plan: Plan, now: float) -> Iterator[str]:
    for guardrail in dict.fromkeys(row.guardrail for row in rows if not row.dry_run):
        if guardrail in _NEEDS_NO_NEWS:
            continue
        tally = evidence.of(guardrail)
        if not tally.bouts:
            yield f"not enough evidence yet: {guardrail} has counted no {guardrail.unit} in this stage"
        elif tally.at is not None and now - tally.at > plan.quiet_s:
            yield f"no new evidence: {guardrail} has counted no {guardrail.unit} for {now - tally.at:.0f} s"
