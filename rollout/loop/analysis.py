"""The analysis: everything that is known of the candidate in one epoch. Pure; the ledger keeps it as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pydantic import Field

from rollout.judgement.cli_versions import VersionBook
from rollout.judgement.enums import State
from rollout.judgement.events import OF_SPELLS, cycle_event, live_check_events, noise_facts, spell_facts
from rollout.judgement.evidence import Battery, Evidence, EvidenceEvent, StoredEvidence
from rollout.judgement.exposure import LeaseBook
from rollout.judgement.guards import (
    DestructiveSighting,
    Guard,
    confirmed,
    crash_loop,
    guards_that_count,
    missed_crashes,
    sightings,
)
from rollout.judgement.judge import Judgement, judge
from rollout.judgement.novelty import NoveltyBook
from rollout.judgement.outcome import OutcomeBook
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, stopped
from rollout.judgement.scoring import Scoring
from rollout.judgement.seen import JudgementContext
from rollout.judgement.sequential import risk_of_version
from rollout.judgement.signals import SignalBook
from rollout.loop.monitor_role import MonitorRole
from shadow.bouts import Bout, BoutBook
from shadow.differences import Difference
from shadow.expected import ExpectedRegister
from shadow.labels import Right
from shadow.live_check import LiveComparison
from shadow.referee.book import RefereeBook
from shadow.referee.evidence import evidence_from
from shadow.referee.records import ScoredSpell
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies
from understudy.record import Instant, Record
from understudy.verdicts import AgentState

WATCHED_AT_MOST_S: Final = 300.0
"""The watched time that one cycle adds: neither a pause nor a jump of the clock is watching."""


class Basis(Record):
    """The basis of the evidence: "" where it is not known yet."""

    plan: str = ""
    """Fingerprint."""
    incumbent: str = ""
    """Name and version."""
    candidate: str = ""


class Waiver(Record):
    """An operator's word that a named state need not be proven."""

    state: AgentState
    actor: str
    reason: str
    at: Instant
    expires: Instant


class Analysis(Record):
    """The state of the analysis in one epoch, and (books, basis, version, waivers, sign-offs) beyond it."""

    epoch: int = 0
    since: float = 0.0
    basis: Basis = Basis()
    watched_s: float = 0.0
    """For how long the stage was watched."""
    watched_at: Instant | None = None
    """The last cycle."""
    exposed_percent: int = 0
    """The share that ruled in the last cycle."""
    book: BoutBook = BoutBook()
    evidence: StoredEvidence = StoredEvidence()
    referee: RefereeBook = RefereeBook()
    scoring: Scoring = Scoring()
    cli_versions: VersionBook = VersionBook()
    version: int = 1
    """Counts the versions of the candidate, and its new tries after a rollback: each must prove more surely."""
    rolled_back: bool = False
    """As it stood in the last cycle."""
    families: frozenset[str] = frozenset()
    """CLIs that either monitor has seen in the fleet."""
    waivers: dict[AgentState, Waiver] = Field(default_factory=dict)
    agents_found: tuple[int, int] = (0, 0)
    """By the incumbent and by the candidate, on the last tape."""
    leases: LeaseBook = LeaseBook()
    wanted_alone: frozenset[DestructiveSighting] = frozenset()
    """The destructive intents of the candidate alone at the last look."""
    guards: tuple[Guard, ...] = ()
    ill: dict[str, str] = Field(default_factory=dict)
    """By part: why its last answer was none."""
    failures_in_a_row: int = 0
    """Of the candidate."""
    open_differences: frozenset[str] = frozenset()
    """The differences of the last look, by subject and cluster."""
    signals: SignalBook = SignalBook()
    outcomes: OutcomeBook = OutcomeBook()
    novelty: NoveltyBook = NoveltyBook()
    tallies: Tallies = Tallies()
    """The clusters of this epoch, and the counts of the basis that ceilings are held against."""
    signoffs: Signoffs = Signoffs()
    decisions_read: int = 0
    judgement: Judgement | None = None


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


def in_epoch(analysis: Analysis, rollout_status: RolloutStatus) -> Analysis:
    """Start afresh where the stage has moved: evidence, minimums, leases, guards. Books and decisions go on."""
    back = rollout_status.state is State.ROLLED_BACK
    if analysis.epoch == rollout_status.epoch:
        return analysis if analysis.rolled_back is back else analysis.model_copy(update={"rolled_back": back})
    tried_again = analysis.rolled_back and not back
    return Analysis(
        epoch=rollout_status.epoch,
        since=rollout_status.since,
        basis=analysis.basis,
        book=analysis.book,
        referee=analysis.referee,
        version=analysis.version + tried_again,
        rolled_back=back,
        families=analysis.families,
        waivers=analysis.waivers,
        agents_found=analysis.agents_found,
        tallies=analysis.tallies.next_stage(),
        novelty=analysis.novelty.next_stage(),
        signoffs=analysis.signoffs,
        decisions_read=analysis.decisions_read,
        ill=analysis.ill,
    )


def add_watched_time(analysis: Analysis, now: float, exposed_percent: int) -> Analysis:
    """Count the time since the cycle before as watched, as far as it was."""
    gap_s = 0.0 if analysis.watched_at is None else now - analysis.watched_at
    more = min(max(0.0, gap_s), WATCHED_AT_MOST_S)
    return analysis.model_copy(
        update={"watched_s": analysis.watched_s + more, "watched_at": now, "exposed_percent": exposed_percent}
    )


def add_events(
    analysis: Analysis, evidence_events: Iterable[EvidenceEvent], rollout_status: RolloutStatus, plan: Plan
) -> Analysis:
    """Fold events into the evidence."""
    battery = Battery.of(plan, rollout_status.stage, version=analysis.version)
    return analysis.model_copy(update={"evidence": analysis.evidence.restore().fold(evidence_events, battery).keep()})


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
        analysis = _with_guards(analysis, crash_loop(row, plan.crash_loop), at)
    return analysis.model_copy(update={"ill": ill, "failures_in_a_row": row}), tuple(evidence_events)


def events_of_live_check(own: LiveCheckResult, at: float, plan: Plan) -> tuple[EvidenceEvent, ...]:
    """Count whether the candidate's live reading equals its reading of the tape, and how long it took."""
    if not own.look.counts:
        return ()
    return tuple(
        live_check_events(
            own.cycle, at, differs=own.look.event, wall_s=own.wall_s, tmux_s=own.tmux_s, limits=plan.cycle_time
        )
    )


def events_of_bouts(
    analysis: Analysis, bouts: Iterable[Bout], register: ExpectedRegister
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Enter settled bouts, the unit of review. Those that began under another stage are that stage's, and late."""
    own = [bout for bout in bouts if bout.began >= analysis.since]
    tallies, novelty = analysis.tallies.count(own, register), analysis.novelty.count(own)
    analysis = analysis.model_copy(update={"tallies": tallies, "novelty": novelty})
    return analysis, tuple(evidence_event for bout in own for evidence_event in noise_facts(bout))


def facts_of_spells(
    analysis: Analysis, spells: Iterable[ScoredSpell], now: float
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Enter scored spells, the unit of evidence. Those that began under another stage are that stage's, and late."""
    own = [spell for spell in spells if spell.began >= analysis.since]
    scoring = analysis.scoring.count(own)
    analysis = analysis.model_copy(update={"scoring": scoring, "cli_versions": analysis.cli_versions.count(own)})
    analysis = _with_guards(analysis, missed_crashes(scoring.missed, analysis.guards), now)
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
    counted = {"scoring": scoring, "cli_versions": analysis.cli_versions.recount(kept)}
    return analysis.model_copy(update=counted), (*again, *evidence_events)


def _with_guards(analysis: Analysis, hit: Iterable[Guard], now: float) -> Analysis:
    more = tuple(replace(guard, at=now) for guard in hit)
    return analysis.model_copy(update={"guards": (*analysis.guards, *more)}) if more else analysis


def add_guards(analysis: Analysis, differences: Iterable[Difference], now_at: float) -> Analysis:
    """Hold what the candidate alone would destroy against the look before."""
    settled = [word for word in analysis.signoffs.settled if word.right in {Right.CANDIDATE, Right.BOTH}]
    decided = [(word.cluster, word.actions) for word in settled]
    decided += [(word.cluster, word.actions) for word in analysis.tallies.holding(analysis.signoffs, now_at).accepted]
    actions: dict[str, set[str]] = {}
    for cluster, about in decided:
        actions.setdefault(cluster, set()).update(about or ())
    now = sightings(differences, {cluster for cluster, about in decided if about is None}, actions)
    known = {guard.text for guard in analysis.guards}
    hit = [guard for guard in confirmed(analysis.wanted_alone, now) if guard.text not in known]
    return _with_guards(analysis.model_copy(update={"wanted_alone": now}), hit, now_at)


def add_judgement(
    analysis: Analysis, rollout_status: RolloutStatus, plan: Plan, register: ExpectedRegister, now: float, drift: str
) -> Analysis:
    """Judge the candidate on everything that was counted so far."""
    scoring = analysis.scoring
    novelty = analysis.novelty.reviewed(rollout_status.stage, analysis.tallies.holding(analysis.signoffs, now), now)
    incumbent_blind = blind(*analysis.agents_found)
    seen = JudgementContext(
        watched_s=analysis.watched_s,
        panes=len(scoring.panes),
        sessions=len(scoring.sessions),
        coverage=scoring.coverage(),
        families=len(analysis.families),
        waived=frozenset(str(state) for state, waiver in analysis.waivers.items() if waiver.expires > now),
        named=scoring.named,
        abstained=scoring.abstained,
        overruled=scoring.overruled,
        new_versions=analysis.cli_versions.unproven(
            plan.cli_versions.promote_from(rollout_status.stage),
            risk_of_version(plan.beta, analysis.version),
            now,
            plan.lease_s,
        ),
        novel=novelty.novel,
        leases=analysis.leases.finished,
        signals=analysis.signals.readings(plan.signals, incumbent_blind=bool(incumbent_blind)),
        outcomes=analysis.outcomes.readings(),
        exposure_missing=analysis.leases.shown_missing,
        clusters_open=analysis.tallies.open(analysis.signoffs, register, now),
        guards=guards_that_count(analysis.guards, rollout_status.stage, now),
        incumbent_blind=incumbent_blind,
        incumbent_ill=analysis.ill.get(MonitorRole.INCUMBENT, ""),
        candidate_ill=analysis.ill.get(MonitorRole.CANDIDATE, ""),
        drift=drift,
        stopped=stopped(rollout_status),
    )
    evidence: Evidence = analysis.evidence.restore()
    judgement = judge(rollout_status.stage, evidence, seen, plan, now, analysis.version)
    return analysis.model_copy(update={"judgement": judgement, "novelty": novelty})


def blind(incumbent: int, candidate: int) -> str:
    """Say that the incumbent finds fewer than half of the candidate's agents; empty where it does not."""
    if 2 * incumbent >= candidate:
        return ""
    return f"The incumbent sees {incumbent} of the {candidate} agents that the candidate sees: `understudy doctor`"
