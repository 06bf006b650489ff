"""The judge: ROLLBACK > HOLD > PROMOTABLE > CONTINUE. Pure; the stage controller carries out its verdict."""

from itertools import groupby

from rollout.judgement.enums import ONE_RIGHT, Guardrail, Stage, Verdict, percent
from rollout.judgement.evidence import Battery, Evidence, EvidenceLine
from rollout.judgement.guards import Guard
from rollout.judgement.holds import holds
from rollout.judgement.minimums import Minimum, minimums_of, missing_coverage
from rollout.judgement.outcome import OutcomeReading
from rollout.judgement.plan import Plan
from rollout.judgement.seen import JudgementContext
from rollout.judgement.signals import SignalReading
from understudy.record import Record


class Judgement(Record):
    """One verdict, its reasons, and the evidence that it rests on."""

    verdict: Verdict
    reasons: tuple[str, ...]
    """Sentences, the gravest first; for `continue`, the proofs that are still missing."""
    rows: tuple[EvidenceLine, ...]
    unsafe: tuple[str, ...] = ()
    """The reasons why the candidate is unsafe; in shadow they hold a promotion until the evidence changes."""
    warnings: tuple[str, ...] = ()
    """Sentences that come before everything else on a screen, and hold nothing."""
    minimums: tuple[Minimum, ...] = ()
    signals: tuple[SignalReading, ...] = ()
    """Shown, also those that hold nothing."""
    outcomes: tuple[OutcomeReading, ...] = ()
    """The outcomes of both monitors' leases; shown, also those that hold nothing."""
    plan: str = ""
    """Fingerprint of the plan that was judged by."""
    version: int = 1
    """The version of the candidate that was judged, counted from 1: each later one must prove more surely."""
    waived: tuple[str, ...] = ()
    """Named states that an operator took out of what a promotion needs."""

    @property
    def needed(self) -> int:
        """The clean results to go, on the line that lacks most."""
        return max((row.needed for row in self.rows), default=0)

    @property
    def spent(self) -> float:
        """The rollback pressure, 0 to 1: on the line that is nearest to its limit."""
        return max(
            (row.spent for row in self.rows if row.guardrail is not Guardrail.NOISE and not row.dry_run), default=0.0
        )


def judge(
    stage: Stage, evidence: Evidence, seen: JudgementContext, plan: Plan, now: float, version: int = 1
) -> Judgement:
    """Judge one stage as it stands at `now`, seconds since the epoch.

    `version` counts the versions of the candidate from 1: each later one must prove more surely. Safety is looked at
    first, in every state: it rolls an exposed candidate back, and holds one in shadow, which can harm no pane.
    """
    rows = evidence.table(Battery.of(plan, stage, version=version, waived=seen.waived))
    minimums = minimums_of(stage, seen, plan)
    exposed = stage is not Stage.SHADOW
    unsafe = (*_guarded(seen.guards), *unsafe_rows(rows, latched=exposed))
    counts = state_counts(rows)
    lacking = (
        *unproven(rows),
        *(f"{minimum.have:g} of {minimum.want:g} {minimum.what}" for minimum in minimums if not minimum.reached),
    )
    coverage = missing_coverage(seen, plan)
    if unsafe and exposed:
        verdict, reasons = Verdict.ROLLBACK, unsafe
    elif unsafe:
        verdict, reasons = Verdict.HOLD, tuple(f"unsafe, held in shadow: {reason}" for reason in unsafe)
    elif held := holds(stage, rows, evidence, seen, plan, now):
        verdict, reasons = Verdict.HOLD, held
    elif stage is Stage.RETIRED:
        verdict, reasons = Verdict.CONTINUE, (_ALONE,)
    elif lacking:
        verdict, reasons = Verdict.CONTINUE, (*lacking, *counts, *coverage)
    elif counts or coverage:
        verdict, reasons = Verdict.HOLD, (*counts, *coverage)
    else:
        verdict, reasons = Verdict.PROMOTABLE, (_promotable(stage, rows),)
    return Judgement(
        verdict=verdict,
        reasons=reasons,
        rows=rows,
        unsafe=unsafe,
        warnings=(seen.incumbent_blind,) if seen.incumbent_blind and stage is not Stage.RETIRED else (),
        minimums=minimums,
        signals=seen.signals,
        outcomes=seen.outcomes,
        plan=plan.fingerprint,
        version=version,
        waived=tuple(sorted(seen.waived)),
    )


_ALONE = "The candidate is the only monitor: there is no incumbent to compare it with, and no stage after this one."


def unsafe_rows(rows: tuple[EvidenceLine, ...], *, latched: bool) -> tuple[str, ...]:
    """Return the lines that are shown to be unsafe: at any time if `latched`, else by the counts of now."""
    return tuple(
        f"{row.subject} is proven to be above {percent(row.unsafe)}: {row.events} of {row.bouts} {row.unit} "
        f"(e-value {row.e_value:.3g}, limit {row.limit:.3g})"
        for row in rows
        if row.unsafe is not None
        and (row.crossed if latched else row.crossed_now)
        and not row.dry_run
        and row.guardrail is not Guardrail.NOISE
    )


def unproven(rows: tuple[EvidenceLine, ...]) -> tuple[str, ...]:
    """Return the lines, other than those of single states, whose proof a promotion still lacks."""
    return tuple(
        f"{row.subject} is not yet proven to be below {percent(row.promote)} ({row.events} of {row.bouts} "
        f"{row.unit} so far): {row.needed} more clean results needed"
        for row in rows
        if row.needed and row.promote is not None and row.stratum is None
    )


def state_counts(rows: tuple[EvidenceLine, ...]) -> tuple[str, ...]:
    """The named states that lack spells, each as a count: `waiting_approval: 17 of 33 spells`."""
    return tuple(
        f"{row.stratum}: {row.bouts} of {row.bouts + row.needed} spells"
        + (f" ({row.events} wrong)" if row.events else "")
        for row in rows
        if row.needed and row.guardrail is Guardrail.WRONG and row.stratum is not None
    )


def _guarded(guards: tuple[Guard, ...]) -> tuple[str, ...]:
    """Return one sentence for each kind of guard: the first case, and the number of the others."""
    found = []
    for _kind, group in groupby(sorted(guards, key=lambda guard: guard.kind), key=lambda guard: guard.kind):
        first, *more = group
        found.append(f"{first.text}; {len(more)} more of this kind" if more else first.text)
    return tuple(found)


def _promotable(stage: Stage, rows: tuple[EvidenceLine, ...]) -> str:
    proofs = ", ".join(
        f"{row.subject} < {percent(row.bound)}"
        for row in rows
        if row.stratum in {None, ONE_RIGHT} and row.bouts and row.promote is not None
        if row.guardrail is not Guardrail.NOISE
    )
    to = "the incumbent may be retired" if stage.next is None else f"the candidate has earned {stage.next}"
    return f"{to}: proven are {proofs}"
