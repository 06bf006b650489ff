"""The trial: everything that is remembered of the candidate in one epoch. Pure; the ledger keeps it as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pydantic import Field

from rollout.judgement.events import OF_SPELLS, cycle_fact, look_facts, noise_facts, spell_facts
from rollout.judgement.evidence import Battery, Evidence, EvidenceKept, Fact
from rollout.judgement.exposure import LeaseBook
from rollout.judgement.guards import (
    Guard,
    GuardKind,
    Sighting,
    confirmed,
    crash_loop,
    guards_that_count,
    missed_crashes,
    sightings,
)
from rollout.judgement.judge import Judgement, judge
from rollout.judgement.plan import Plan
from rollout.judgement.scoring import Scoring
from rollout.judgement.seen import Seen
from rollout.judgement.signals import SignalBook
from rollout.judgement.standing import Standing, stopped
from rollout.judgement.words import State
from rollout.loop.parts import Part
from shadow.bouts import Bout, BoutBook
from shadow.differences import Difference
from shadow.expected import ExpectedRegister
from shadow.eyes import EyesLook
from shadow.labels import Right
from shadow.referee.book import RefereeBook
from shadow.referee.evidence import evidence_from
from shadow.referee.records import ScoredSpell
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies
from understudy.record import Instant, Record
from understudy.verdicts import AgentState

WATCHED_AT_MOST_S: Final = 300.0
"""What one cycle adds to the time that a stage was watched: neither a pause nor a jump of the clock is watching."""


class Basis(Record):
    """What the evidence is about: "" where it is not known yet."""

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


class Trial(Record):
    """What the rollout knows in one epoch, and (books, basis, version, waivers, sign-offs) beyond it."""

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
    evidence: EvidenceKept = EvidenceKept()
    referee: RefereeBook = RefereeBook()
    scoring: Scoring = Scoring()
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
    wanted_alone: frozenset[Sighting] = frozenset()
    """What the candidate alone wanted to destroy at the last look."""
    guards: tuple[Guard, ...] = ()
    ill: dict[str, str] = Field(default_factory=dict)
    """By part: why its last answer was none."""
    failures_in_a_row: int = 0
    """Of the candidate."""
    standing: frozenset[str] = frozenset()
    """The differences of the last look, by subject and cluster."""
    signals: SignalBook = SignalBook()
    tallies: Tallies = Tallies()
    """The clusters of this epoch."""
    signoffs: Signoffs = Signoffs()
    decisions_read: int = 0
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether a part was asked in a cycle, and what went wrong."""

    part: Part
    cycle: str
    failed: bool
    text: str = ""
    counts: bool = True
    """A monitor that is being restarted was not asked, and failed nothing."""


@dataclass(frozen=True, slots=True)
class OwnLook:
    """The candidate's own look in one cycle."""

    look: EyesLook
    cycle: str
    wall_s: float
    floor_s: float | None


def in_epoch(trial: Trial, standing: Standing) -> Trial:
    """Start afresh where the stage has moved: evidence, minimums, leases, guards. Books and decisions go on."""
    back = standing.state is State.ROLLED_BACK
    if trial.epoch == standing.epoch:
        return trial if trial.rolled_back is back else trial.model_copy(update={"rolled_back": back})
    tried_again = trial.rolled_back and not back
    return Trial(
        epoch=standing.epoch,
        since=standing.since,
        basis=trial.basis,
        book=trial.book,
        referee=trial.referee,
        version=trial.version + tried_again,
        rolled_back=back,
        families=trial.families,
        waivers=trial.waivers,
        agents_found=trial.agents_found,
        signoffs=trial.signoffs,
        decisions_read=trial.decisions_read,
        ill=trial.ill,
    )


def watched(trial: Trial, now: float, exposed_percent: int) -> Trial:
    """Count the time since the cycle before as watched, as far as it was."""
    gap_s = 0.0 if trial.watched_at is None else now - trial.watched_at
    more = min(max(0.0, gap_s), WATCHED_AT_MOST_S)
    return trial.model_copy(
        update={"watched_s": trial.watched_s + more, "watched_at": now, "exposed_percent": exposed_percent}
    )


def counted(trial: Trial, facts: Iterable[Fact], standing: Standing, plan: Plan) -> Trial:
    """Fold facts into the evidence."""
    battery = Battery.of(plan, standing.stage, version=trial.version)
    return trial.model_copy(update={"evidence": trial.evidence.restore().fold(facts, battery).keep()})


def facts_of_answers(
    trial: Trial, answers: Iterable[Answered], at: float, plan: Plan
) -> tuple[Trial, tuple[Fact, ...]]:
    """Count the candidate's failures, and remember who could not take over now."""
    ill, row, facts = dict(trial.ill), trial.failures_in_a_row, list[Fact]()
    for answer in answers:
        ill[answer.part] = answer.text if answer.failed else ""
        if answer.part is Part.CANDIDATE and answer.counts:
            facts.append(cycle_fact(answer.cycle, at, failed=answer.failed))
            row = row + 1 if answer.failed else 0
    if row == plan.crash_loop:
        trial = _with_guards(trial, crash_loop(row, plan.crash_loop), at)
    return trial.model_copy(update={"ill": ill, "failures_in_a_row": row}), tuple(facts)


def facts_of_look(own: OwnLook, at: float, plan: Plan) -> tuple[Fact, ...]:
    """Count whether the candidate saw with its own eyes what the tape showed, and how long it took."""
    if not own.look.counts:
        return ()
    return tuple(
        look_facts(
            own.cycle, at, differs=own.look.event, wall_s=own.wall_s, floor_s=own.floor_s, limits=plan.cycle_time
        )
    )


def facts_of_bouts(trial: Trial, bouts: Iterable[Bout], register: ExpectedRegister) -> tuple[Trial, tuple[Fact, ...]]:
    """Enter settled bouts, the unit of review. Those that began under another stage are that stage's, and late."""
    own = [bout for bout in bouts if bout.began >= trial.since]
    trial = trial.model_copy(update={"tallies": trial.tallies.count(own, register)})
    return trial, tuple(fact for bout in own for fact in noise_facts(bout))


def facts_of_spells(trial: Trial, spells: Iterable[ScoredSpell], now: float) -> tuple[Trial, tuple[Fact, ...]]:
    """Enter scored spells, the unit of evidence. Those that began under another stage are that stage's, and late."""
    own = [spell for spell in spells if spell.began >= trial.since]
    scoring = trial.scoring.count(own)
    trial = trial.model_copy(update={"scoring": scoring})
    if GuardKind.MISSED_CRASH not in {guard.kind for guard in trial.guards}:
        trial = _with_guards(trial, missed_crashes(scoring.missed), now)
    return trial, tuple(fact for event in evidence_from(own) for fact in spell_facts(event))


def rescored(trial: Trial, spells: Iterable[ScoredSpell], overruled: int, why: str) -> tuple[Trial, tuple[Fact, ...]]:
    """Count the spells of this epoch anew without those that an operator has overruled.

    `spells` are the others, in the order in which they were scored; `overruled` is how many were taken out in all.
    """
    kept = tuple(spells)
    scoring = Scoring(overruled=overruled).count(kept)
    again = [
        Fact(guardrail, event=False, stratum=stratum, whole=stratum is None, subject=why, starts_again=True)
        for guardrail, stratum in sorted(trial.evidence.restore().tallies, key=str)
        if guardrail in OF_SPELLS
    ]
    facts = (fact for event in evidence_from(kept) for fact in spell_facts(event))
    return trial.model_copy(update={"scoring": scoring}), (*again, *facts)


def _with_guards(trial: Trial, hit: Iterable[Guard], now: float) -> Trial:
    more = tuple(replace(guard, at=now) for guard in hit)
    return trial.model_copy(update={"guards": (*trial.guards, *more)}) if more else trial


def guarded(trial: Trial, differences: Iterable[Difference], now_at: float) -> Trial:
    """Hold what the candidate alone would destroy against the look before."""
    settled_for_it = {word.cluster for word in trial.signoffs.settled if word.right in {Right.CANDIDATE, Right.BOTH}}
    accepted = {word.cluster for word in trial.tallies.holding(trial.signoffs, now_at).accepted}
    now = sightings(differences, settled_for_it | accepted)
    known = {guard.text for guard in trial.guards}
    hit = [guard for guard in confirmed(trial.wanted_alone, now) if guard.text not in known]
    return _with_guards(trial.model_copy(update={"wanted_alone": now}), hit, now_at)


def judged(trial: Trial, standing: Standing, plan: Plan, register: ExpectedRegister, now: float, drift: str) -> Trial:
    """Judge the candidate on everything that was counted so far."""
    scoring = trial.scoring
    seen = Seen(
        watched_s=trial.watched_s,
        panes=len(scoring.panes),
        sessions=len(scoring.sessions),
        coverage=scoring.coverage(),
        families=len(trial.families),
        waived=frozenset(str(state) for state, waiver in trial.waivers.items() if waiver.expires > now),
        named=scoring.named,
        abstained=scoring.abstained,
        overruled=scoring.overruled,
        leases=trial.leases.finished,
        signals=trial.signals.readings(plan.signals),
        exposure_missing=trial.leases.shown_missing,
        clusters_open=trial.tallies.open(trial.signoffs, register, now),
        guards=guards_that_count(trial.guards, standing.stage, now),
        incumbent_blind=blind(*trial.agents_found),
        incumbent_ill=trial.ill.get(Part.INCUMBENT, ""),
        candidate_ill=trial.ill.get(Part.CANDIDATE, ""),
        drift=drift,
        stopped=stopped(standing),
    )
    evidence: Evidence = trial.evidence.restore()
    return trial.model_copy(update={"judgement": judge(standing.stage, evidence, seen, plan, now, trial.version)})


def blind(incumbent: int, candidate: int) -> str:
    """Say that the incumbent finds fewer than half of the candidate's agents; empty where it does not."""
    if 2 * incumbent >= candidate:
        return ""
    return f"The incumbent sees {incumbent} of the {candidate} agents that the candidate sees: `understudy doctor`"
