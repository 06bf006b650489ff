"""The analysis: everything that is known of the candidate in one epoch. Pure; the ledger keeps it as JSON."""

from typing import Final

from pydantic import Field

from rollout.judgement.cli_versions import VersionBook
from rollout.judgement.enums import State
from rollout.judgement.evidence import StoredEvidence
from rollout.judgement.exposure import LeaseBook
from rollout.judgement.guards import (
    DestructiveSighting,
    Guard,
)
from rollout.judgement.judge import Judgement
from rollout.judgement.novelty import NoveltyBook
from rollout.judgement.outcome import OutcomeBook
from rollout.judgement.rollout_status import RolloutStatus
from rollout.judgement.scoring import Scoring
from rollout.judgement.signals import SignalBook
from shadow.bouts import BoutBook
from shadow.referee.book import RefereeBook
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


def in_epoch(analysis: Analysis, rollout_status: RolloutStatus) -> Analysis:
    """Start afresh where the stage has moved: evidence, minimums, leases, guards. Books and decisions go on."""
    back = rollout_status.state is State.ROLLED_BACK
    if analysis.epoch == rollout_status.epoch:
        return analysis if analysis.rolled_back is back else analysis.replace(rolled_back=back)
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
    return analysis.replace(watched_s=analysis.watched_s + more, watched_at=now, exposed_percent=exposed_percent)


def blind(incumbent: int, candidate: int) -> str:
    """Say that the incumbent finds fewer than half of the candidate's agents; empty where it does not."""
    if 2 * incumbent >= candidate:
        return ""
    return f"The incumbent sees {incumbent} of the {candidate} agents that the candidate sees: `understudy doctor`"
