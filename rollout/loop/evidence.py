"""The evidence of one cycle: calls, live readings and scored spells become events, and events are counted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from rollout.judgement.events import OF_SPELLS, cycle_event, live_check_events, spell_facts
from rollout.judgement.evidence import Battery, EvidenceEvent
from rollout.judgement.guards import (
    crash_loop,
    missed_crashes,
)
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus
from rollout.judgement.scoring import Scoring
from rollout.loop.analysis import Analysis
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.safety import with_guards
from shadow.live_check import LiveComparison
from shadow.referee.evidence import evidence_from
from shadow.referee.records import ScoredSpell


@dataclass(frozen=True, slots=True)
class MonitorCall:
    """Whether a monitor was called in a cycle, and its failure."""

    role: MonitorRole
    cycle: str
    failed: bool
    text: str = ""
    counts: bool = True
    """A monitor that is being restarted was not asked, and failed nothing."""


@dataclass(frozen=True, slots=True)
class LiveCheckResult:
    """The candidate's own look in one cycle."""

    look: LiveComparison
    cycle: str
    wall_s: float
    tmux_s: float | None


def add_events(
    analysis: Analysis, evidence_events: Iterable[EvidenceEvent], rollout_status: RolloutStatus, plan: Plan
) -> Analysis:
    """Fold events into the evidence."""
    battery = Battery.of(plan, rollout_status.stage, version=analysis.version)
    return analysis.replace(evidence=analysis.evidence.restore().fold(evidence_events, battery).keep())


def events_of_calls(
    analysis: Analysis, answers: Iterable[MonitorCall], at: float, plan: Plan
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Count the candidate's failures, and remember who could not take over now."""
    ill, row, evidence_events = dict(analysis.ill), analysis.failures_in_a_row, list[EvidenceEvent]()
    for answer in answers:
        ill[answer.role] = answer.text if answer.failed else ""
        if answer.role is MonitorRole.CANDIDATE and answer.counts:
            evidence_events.append(cycle_event(answer.cycle, at, failed=answer.failed))
            row = row + 1 if answer.failed else 0
    if row == plan.crash_loop:
        analysis = with_guards(analysis, crash_loop(row, plan.crash_loop), at)
    return analysis.replace(ill=ill, failures_in_a_row=row), tuple(evidence_events)


def events_of_live_check(own: LiveCheckResult, at: float, plan: Plan) -> tuple[EvidenceEvent, ...]:
    """Count whether the candidate's live reading equals its reading of the tape, and how long it took."""
    if not own.look.counts:
        return ()
    return tuple(
        live_check_events(
            own.cycle, at, differs=own.look.event, wall_s=own.wall_s, tmux_s=own.tmux_s, limits=plan.cycle_time
        )
    )


def facts_of_spells(
    analysis: Analysis, spells: Iterable[ScoredSpell], now: float
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Enter scored spells, the unit of evidence. Those that began under another stage are that stage's, and late."""
    own = [spell for spell in spells if spell.began >= analysis.since]
    scoring = analysis.scoring.count(own)
    analysis = analysis.replace(scoring=scoring, cli_versions=analysis.cli_versions.count(own))
    analysis = with_guards(analysis, missed_crashes(scoring.missed, analysis.guards), now)
    return analysis, tuple(evidence_event for event in evidence_from(own) for evidence_event in spell_facts(event))


def rescored(
    analysis: Analysis, spells: Iterable[ScoredSpell], overruled: int, why: str
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Count the spells of this epoch anew without those that an operator has overruled.

    `spells` are the others, in the order in which they were scored; `overruled` is how many were taken out in all.
    """
    kept = tuple(spells)
    scoring = Scoring(overruled=overruled).count(kept)
    again = [
        EvidenceEvent(guardrail, event=False, stratum=stratum, whole=stratum is None, subject=why, starts_again=True)
        for guardrail, stratum in sorted(analysis.evidence.restore().tallies, key=str)
        if guardrail in OF_SPELLS
    ]
    evidence_events = (evidence_event for event in evidence_from(kept) for evidence_event in spell_facts(event))
    versions = analysis.cli_versions.recount(kept)
    return analysis.replace(scoring=scoring, cli_versions=versions), (*again, *evidence_events)
