"""The judge: ROLLBACK > HOLD > PROMOTABLE > CONTINUE. Pure; it says what is due, and others do it."""

import math
from collections.abc import Iterator
from itertools import groupby

from contract.record import Record
from rollout.judgement.evidence import Battery, Evidence, Row
from rollout.judgement.plan import Plan
from rollout.judgement.seen import LOOK_BACK, Seen
from rollout.judgement.signals import Reading
from rollout.judgement.words import Guardrail, Stage, Verdict, percent


class Floor(Record):
    """One thing of which there must have been enough, shown as progress."""

    what: str
    have: float
    want: float

    @property
    def reached(self) -> bool:
        """Whether there is enough."""
        return self.have >= self.want


class Judgement(Record):
    """What the judge says, why, and on what evidence."""

    verdict: Verdict
    reasons: tuple[str, ...]
    """Sentences, the gravest first; for `continue`, what is still missing."""
    rows: tuple[Row, ...]
    floors: tuple[Floor, ...] = ()
    signals: tuple[Reading, ...] = ()
    """Shown, also those that hold nothing."""
    plan: str = ""
    """Fingerprint of the plan that was judged by."""

    @property
    def needed(self) -> int:
        """How many more clean ones of the line that lacks most."""
        return max((row.needed for row in self.rows), default=0)

    @property
    def spent(self) -> float:
        """How much of the way to a rollback is gone on the line that is nearest, 0 to 1."""
        return max(
            (row.spent for row in self.rows if row.guardrail is not Guardrail.NOISE and not row.dry_run), default=0.0
        )


def judge(stage: Stage, evidence: Evidence, seen: Seen, plan: Plan, now: float) -> Judgement:
    """Judge one stage as it stands at `now`, seconds since the epoch. A rollback is looked at first, in every state."""
    rows = evidence.table(Battery.of(plan, stage))
    floors = tuple(_floors(stage, seen, plan))
    verdict, reasons = Verdict.CONTINUE, tuple(_missing(rows, floors, seen, plan))
    if due := (*_guarded(seen), *rolls_back(rows)):
        verdict, reasons = Verdict.ROLLBACK, due
    elif holds := tuple(_holds(stage, rows, evidence, seen, plan, now)):
        verdict, reasons = Verdict.HOLD, holds
    elif stage is Stage.RETIRED:
        reasons = (_ALONE,)
    elif not reasons:
        verdict, reasons = Verdict.PROMOTABLE, (_promotable(stage, rows),)
    return Judgement(
        verdict=verdict, reasons=reasons, rows=rows, floors=floors, signals=seen.signals, plan=plan.fingerprint
    )


def rolls_back(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """The lines that are shown to be above their budget."""
    return tuple(
        f"{row.subject} is shown to be above its budget of {percent(row.budget)}: {row.events} of {row.bouts} "
        f"{row.guardrail.unit} (e-value {row.e_value:.3g}, limit {row.limit:.3g})"
        for row in rows
        if row.crossed and not row.dry_run and row.guardrail is not Guardrail.NOISE
    )


def unproven(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """The lines whose proof a promotion still lacks."""
    return tuple(
        f"{row.subject} is not yet shown to be below {percent(row.target)} ({row.events} of {row.bouts} "
        f"{row.guardrail.unit} so far): {row.needed} more clean ones would show it"
        for row in rows
        if row.needed
    )


def _guarded(seen: Seen) -> Iterator[str]:
    """One sentence for each kind of guard: at 3 a.m. the first case tells as much as all twelve."""
    for kind, guards in groupby(sorted(seen.guards, key=lambda guard: guard.kind), key=lambda guard: guard.kind):
        first, *more = guards
        yield f"{first.text}; {len(more)} more like it ({kind.replace('_', ' ')})" if more else first.text


_ALONE = "the candidate stands alone: nobody is there to be compared with, and nothing comes after"


def _holds(
    stage: Stage, rows: tuple[Row, ...], evidence: Evidence, seen: Seen, plan: Plan, now: float
) -> Iterator[str]:
    """Everything that stands against moving on, whatever the evidence says. No data is the first of it."""
    if seen.stopped:
        yield seen.stopped
    if seen.drift:
        yield f"the flag and the ledger disagree, and the smaller exposure rules until they agree: {seen.drift}"
    if seen.incumbent_ill and stage is not Stage.RETIRED:
        yield f"the incumbent could not take over now: {seen.incumbent_ill}"
    if seen.candidate_ill:
        yield f"the candidate could not take over now: {seen.candidate_ill}"
    yield from _quiet(rows, evidence, plan, now)
    yield from _exposed(seen)
    yield from (reading.text for reading in seen.signals if reading.holds)
    for row in rows:
        if row.guardrail is Guardrail.NOISE and row.crossed:
            yield (
                f"the incumbent is noisy: it disagreed with itself in {row.events} of {row.bouts} bouts, more than "
                f"{percent(row.budget)}, so a difference from it says little"
            )
    if seen.clusters_open:
        many = len(seen.clusters_open)
        yield (
            f"{many} cluster{'s' if many > 1 else ''} of differing actions not reviewed "
            f"({', '.join(seen.clusters_open[:5])}{', ...' if many > 5 else ''}): "  # noqa: PLR2004 - as many as fit
            "`understudy diffs show ID`, then `settle` or `accept`"
        )
    if not seen.differing.mostly_settled:
        yield (
            f"of {seen.differing.bouts} bouts that differ only {seen.differing.settled} are settled; more than half "
            "must be: wait for hindsight, or `understudy diffs settle`"
        )


def _exposed(seen: Seen) -> Iterator[str]:
    if missed := seen.leases_missed:
        yield (
            f"exposure is missing: of the last {min(len(seen.leases), LOOK_BACK)} leases that were the candidate's "
            f"by the flag, it did not own {missed}"
        )
    if seen.exposure_missing:
        yield seen.exposure_missing


def _quiet(rows: tuple[Row, ...], evidence: Evidence, plan: Plan, now: float) -> Iterator[str]:
    for guardrail in dict.fromkeys(row.guardrail for row in rows if not row.dry_run):
        if guardrail in {Guardrail.CANDIDATE_WRONG, Guardrail.NOISE}:  # nothing that differs is good news
            continue
        tally = evidence.of(guardrail)
        if not tally.bouts:
            yield f"no data: {guardrail} has counted no {guardrail.unit} in this stage yet"
        elif tally.at is not None and now - tally.at > plan.quiet_s:
            yield f"no data: {guardrail} has counted no {guardrail.unit} for {now - tally.at:.0f} s"


def _floors(stage: Stage, seen: Seen, plan: Plan) -> Iterator[Floor]:
    hours = plan.of_stage(stage).hours
    if hours:
        yield Floor(what="hours in this stage", have=_so_far(seen.watched_s / 3600), want=hours)
    if stage is Stage.PRODUCTION and plan.retire_after_days:
        have = _so_far(seen.watched_s / 86_400)
        yield Floor(what="days at full exposure without a rollback", have=have, want=plan.retire_after_days)
    yield Floor(what="panes", have=seen.panes, want=plan.floors.panes)
    yield Floor(what="sessions", have=seen.sessions, want=plan.floors.sessions)


def _so_far(amount: float) -> float:
    """Two digits for people, never more than there is: what is rounded up would be a floor that nobody reached."""
    return math.floor(amount * 100 + 1e-9) / 100


def _missing(rows: tuple[Row, ...], floors: tuple[Floor, ...], seen: Seen, plan: Plan) -> Iterator[str]:
    yield from unproven(rows)
    for floor in floors:
        if not floor.reached:
            yield f"{floor.have:g} of {floor.want:g} {floor.what}"
    if unseen := [state for state in plan.coverage if state not in seen.states]:
        yield (
            f"never seen so far: {', '.join(unseen)}; they must occur, or be proven on recordings "
            "(`understudy rehearse`), or be waived by a person"
        )


def _promotable(stage: Stage, rows: tuple[Row, ...]) -> str:
    proofs = ", ".join(
        f"{row.subject} < {percent(row.bound)}"
        for row in rows
        if row.stratum is None and row.bouts and row.guardrail is not Guardrail.NOISE
    )
    to = "the incumbent may be retired" if stage.next is None else f"the candidate has earned {stage.next}"
    return f"{to}: shown are {proofs}"
