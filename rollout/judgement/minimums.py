"""Minimums: the hours, panes and sessions that a promotion needs besides the evidence."""

import math

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.plan import Plan
from rollout.judgement.seen import JudgementContext, StateCoverage
from understudy.record import Record


class Minimum(Record):
    """One thing of which there must have been enough, shown as progress."""

    what: str
    have: float
    want: float

    @property
    def reached(self) -> bool:
        """Return whether there is enough."""
        return self.have >= self.want


def minimums_of(stage: Stage, seen: JudgementContext, plan: Plan) -> tuple[Minimum, ...]:
    """Return the hours, panes and sessions that a stage wants, and how far they have come."""
    found = list[Minimum]()
    hours = plan.of_stage(stage).hours
    if hours:
        found.append(Minimum(what="hours in this stage", have=_so_far(seen.watched_s / 3600), want=hours))
    if stage is Stage.PRODUCTION and plan.retire_after_days:
        have = _so_far(seen.watched_s / 86_400)
        found.append(Minimum(what="days at full exposure without a rollback", have=have, want=plan.retire_after_days))
    found.append(Minimum(what="panes", have=seen.panes, want=plan.minimums.panes))
    found.append(Minimum(what="sessions", have=seen.sessions, want=plan.minimums.sessions))
    return tuple(found)


def missing_coverage(seen: JudgementContext, plan: Plan) -> tuple[str, ...]:
    """Name the required states whose spells come from too few panes or too few CLIs."""
    if Guardrail.WRONG not in plan.guardrails or plan.guardrails[Guardrail.WRONG].dry_run:
        return ()
    families = min(plan.minimums.cli_families, seen.families)
    found = list[str]()
    for state in plan.required_states:
        if state in seen.waived:
            continue
        has = seen.coverage.get(state, StateCoverage())
        if len(has.panes) < plan.minimums.state_panes:
            found.append(f"{state}: spells of {len(has.panes)} of {plan.minimums.state_panes} panes")
        if len(has.families) < families:
            found.append(f"{state}: spells of {len(has.families)} of {families} CLI families")
    return tuple(found)


def _so_far(amount: float) -> float:
    """Round down to two digits: rounded up it could claim a minimum that is not reached."""
    return math.floor(amount * 100 + 1e-9) / 100
