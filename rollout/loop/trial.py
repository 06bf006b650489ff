"""The trial: everything that is remembered of the candidate's time on probation. Pure; the ledger keeps it as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from contract.record import Instant, Record
from contract.verdicts import AgentState
from rollout.judgement.events import (
    Differing,
    bout_facts,
    cycle_fact,
    look_facts,
    matters,
    right_or_wrong,
)
from rollout.judgement.evidence import Battery, Evidence, EvidenceKept, Fact
from rollout.judgement.exposure import LeaseBook
from rollout.judgement.guards import Guard, Sighting, confirmed, crash_loop, missed_crashes, sightings
from rollout.judgement.judge import Judgement, judge
from rollout.judgement.plan import Plan
from rollout.judgement.seen import Seen
from rollout.judgement.signals import SignalBook
from rollout.judgement.standing import Standing, stopped
from rollout.loop.parts import Part
from shadow.bouts import Bout, BoutBook
from shadow.differences import Difference
from shadow.expected import ExpectedRegister
from shadow.eyes import EyesLook
from shadow.labels import Label, Right
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies

WATCHED_AT_MOST_S: Final = 300.0
"""What one cycle adds to the time that a stage was watched: neither a pause nor a jump of the clock is watching."""


class Basis(Record):
    """What the evidence is about: "" where it is not known yet."""

    plan: str = ""
    """Fingerprint."""
    incumbent: str = ""
    """Name and version."""
    candidate: str = ""


class Trial(Record):
    """What the rollout knows in one epoch, and (book, basis, states, sign-offs) beyond it."""

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
    panes: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    states: frozenset[AgentState] = frozenset()
    """Ever seen by either monitor, proven or waived."""
    leases: LeaseBook = LeaseBook()
    wanted_alone: frozenset[Sighting] = frozenset()
    """What the candidate alone wanted to destroy at the last look."""
    guards: tuple[Guard, ...] = ()
    ill: dict[str, str] = Field(default_factory=dict)
    """By part: why its last answer was none."""
    failures_in_a_row: int = 0
    """Of the candidate."""
    differ: int = 0
    settled: int = 0
    standing: frozenset[str] = frozenset()
    """The differences of the last look, by subject and cluster."""
    signals: SignalBook = SignalBook()
    tallies: Tallies = Tallies()
    """The clusters of this epoch."""
    signoffs: Signoffs = Signoffs()
    decisions_read: int = 0
    rules: dict[str, str] = Field(default_factory=dict)
    """The entries of the register that the evidence was counted by: what each said, by its id."""
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
    """Start afresh where the stage has moved: evidence, floors, leases, guards. The book and what people said go on."""
    if trial.epoch == standing.epoch:
        return trial
    return Trial(
        epoch=standing.epoch,
        since=standing.since,
        basis=trial.basis,
        book=trial.book,
        states=trial.states,
        signoffs=trial.signoffs,
        decisions_read=trial.decisions_read,
        rules=trial.rules,
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
    battery = Battery.of(plan, standing.stage)
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
    guards = (*trial.guards, *crash_loop(row, plan.crash_loop)) if row == plan.crash_loop else trial.guards
    return trial.model_copy(update={"ill": ill, "failures_in_a_row": row, "guards": guards}), tuple(facts)


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
    """Enter settled bouts. Those that began under another stage are that stage's, and late."""
    own = [bout for bout in bouts if bout.began >= trial.since]
    tally = Differing.of(own)
    update = {
        "panes": trial.panes | {f"{bout.pane}:{bout.pid}" for bout in own if bout.pane},
        "sessions": trial.sessions | {bout.session for bout in own},
        "guards": (*trial.guards, *missed_crashes(own)),
        "differ": trial.differ + tally.bouts,
        "settled": trial.settled + tally.settled,
        "tallies": trial.tallies.count(own, register),
    }
    return trial.model_copy(update=update), tuple(fact for bout in own for fact in bout_facts(bout))


def facts_of_settlement(
    trial: Trial, bouts: Iterable[Bout], label: Label
) -> tuple[Trial, tuple[Fact, ...], list[Bout]]:
    """A person said who is right in a cluster: its undecided bouts of this epoch get that label, nothing is reset."""
    late = [bout.model_copy(update={"label": label}) for bout in bouts if bout.ruled_wrong is None]
    update = {
        "settled": trial.settled + sum(map(matters, late)),
        "tallies": trial.tallies.label(late),
    }
    return trial.model_copy(update=update), tuple(fact for bout in late for fact in right_or_wrong(bout)), late


def guarded(trial: Trial, differences: Iterable[Difference], now_at: float) -> Trial:
    """Hold what the candidate alone would destroy against the look before."""
    settled_for_it = {word.cluster for word in trial.signoffs.settled if word.right in {Right.CANDIDATE, Right.BOTH}}
    accepted = {word.cluster for word in trial.tallies.holding(trial.signoffs, now_at).accepted}
    now = sightings(differences, settled_for_it | accepted)
    hit = [guard for guard in confirmed(trial.wanted_alone, now) if guard not in trial.guards]
    return trial.model_copy(update={"wanted_alone": now, "guards": (*trial.guards, *hit)})


def judged(trial: Trial, standing: Standing, plan: Plan, register: ExpectedRegister, now: float, drift: str) -> Trial:
    """Let the judge speak."""
    seen = Seen(
        watched_s=trial.watched_s,
        panes=len(trial.panes),
        sessions=len(trial.sessions),
        states=trial.states,
        leases=trial.leases.finished,
        signals=trial.signals.readings(plan.signals),
        exposure_missing=trial.leases.shown_missing,
        clusters_open=trial.tallies.open(trial.signoffs, register, now),
        differing=Differing(bouts=trial.differ, settled=trial.settled),
        guards=trial.guards,
        incumbent_ill=trial.ill.get(Part.INCUMBENT, ""),
        candidate_ill=trial.ill.get(Part.CANDIDATE, ""),
        drift=drift,
        stopped=stopped(standing),
    )
    evidence: Evidence = trial.evidence.restore()
    return trial.model_copy(update={"judgement": judge(standing.stage, evidence, seen, plan, now)})
