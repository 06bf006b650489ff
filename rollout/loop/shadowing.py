"""Shadowing: two reports on one tape become differences, bouts, scored spells and facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.plan import Plan
from rollout.loop.acting.settling import Effects
from rollout.loop.analysis import Analysis
from rollout.loop.evidence import LiveCheckResult, MonitorCall, events_of_calls, events_of_live_check, facts_of_spells
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import ADJACENT_S, SOON_S, Observation, Observer
from rollout.loop.review import FoundDifference, events_of_bouts, new_differences
from rollout.loop.safety import add_guards
from shadow import bouts, noise
from shadow.bouts import Bout, ComparedLook
from shadow.compare import compare
from shadow.differences import DiffClass, Difference
from shadow.expected import ExpectedRegister
from shadow.live_check import compare_live
from shadow.referee import book as referee
from shadow.referee.book import RefereeLook, agent_in
from shadow.referee.records import CliVersion, ScoredSpell
from tmuxio.processes.versions import CliVersions, no_version
from understudy.report import CycleReport


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """The additions of one cycle to the analysis."""

    analysis: Analysis
    differences: tuple[Difference, ...] = ()
    """Of this cycle; noise among them may be known only with the next tape."""
    found: tuple[FoundDifference, ...] = ()
    """Of this cycle or the one before, with their final classes, and new: one that lasts is kept once."""
    bouts: tuple[Bout, ...] = ()
    spells: tuple[ScoredSpell, ...] = ()
    evidence_events: tuple[EvidenceEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class _PendingLook:
    """A look with what it was made of; one may wait for its adjacent tape."""

    observation: Observation
    look: ComparedLook


class ShadowComparer:
    """Compares cycle by cycle. Keeps only the look that waits for its adjacent tape; losing it is harmless."""

    def __init__(
        self, observer: Observer, plan: Plan, register: ExpectedRegister, versions: CliVersions = no_version
    ) -> None:
        self._observer = observer
        self._plan = plan
        self._register = register
        self._rules = plan.bout_rules
        self._versions = versions
        self._waiting: _PendingLook | None = None

    def enter(
        self, analysis: Analysis, observation: Observation, effects: Effects, now: float, next_in_s: float
    ) -> ShadowResult:
        """Enter the observation of one cycle; the next tape starts in `next_in_s`, infinity if there is none."""
        analysis, of_calls = events_of_calls(analysis, answered(observation), now, self._plan)
        analysis, spells, of_spells = self._refereed(analysis, observation, effects, now)
        looks: list[_PendingLook | None] = [*self._waited(observation)]
        own = [*self._live_check(observation)]
        differences = tuple(difference for look in own for difference in look.look.differences)
        kept = [FoundDifference(observation.cycle, now, difference) for difference in differences]
        analysis, look = self._compared(analysis, observation, effects)
        if look is None:
            looks.append(None)  # nothing to compare, but time passes
        else:
            look, waits = self._classified_in_time(look, observation, next_in_s)
            looks += () if waits else (_PendingLook(observation, look),)
            differences = (*look.differences, *differences)
        seen = [one for one in looks if one is not None]
        kept += [
            FoundDifference(one.observation.cycle, one.look.at, difference)
            for one in seen
            for difference in one.look.differences
        ]
        analysis, fresh = new_differences(analysis, kept, looked=bool(seen))
        entered = self._entered(analysis, [None if one is None else one.look for one in looks], now)
        evidence_events = (*of_calls, *of_spells, *self._evidence_events(own, now), *entered.evidence_events)
        return replace(entered, differences=differences, found=fresh, evidence_events=evidence_events, spells=spells)

    def _compared(
        self, analysis: Analysis, observation: Observation, effects: Effects
    ) -> tuple[Analysis, ComparedLook | None]:
        """Compare the two reports on the tape; None where there are not both."""
        pair = _reports(observation)
        if pair is None or observation.tape is None:
            return analysis, None
        incumbent, candidate = pair
        playing = (f"{incumbent.monitor} {incumbent.version}", f"{candidate.monitor} {candidate.version}")
        analysis = analysis.replace(signoffs=analysis.signoffs.under(playing))
        return analysis, ComparedLook(
            at=observation.tape.at,
            incumbent=incumbent,
            candidate=candidate,
            differences=compare(incumbent, candidate, self._holding(analysis)),
            tape=observation.tape,
            touched=effects.touched | observation.typed,
        )

    def _classified_in_time(
        self, look: ComparedLook, observation: Observation, next_in_s: float
    ) -> tuple[ComparedLook, bool]:
        """Tell noise from judgement by the adjacent tape; says also whether the look waits for the next cycle's."""
        if not any(one.expected is None and one.klass is DiffClass.TRUE for one in look.differences):
            return look, False
        if next_in_s <= SOON_S:
            self._waiting = _PendingLook(observation, look)
            return look, True
        return _classified(look, self._observer.once_more(observation).report), False

    def _refereed(
        self, analysis: Analysis, observation: Observation, effects: Effects, now: float
    ) -> tuple[Analysis, tuple[ScoredSpell, ...], tuple[EvidenceEvent, ...]]:
        """Show the tape to the referee: it names the states of the panes and scores both monitors' verdicts.

        Keys of a person are what it learns from; only those of the harness, and answers to its notices, tell nothing.
        """
        if observation.tape is None:
            return analysis, (), ()
        incumbent, candidate = (observation.answers.get(role) for role in MonitorRole)
        look = RefereeLook(
            tape=observation.tape,
            incumbent=incumbent.report if incumbent else None,
            candidate=candidate.report if candidate else None,
            touched=effects.touched,
            noticed=effects.noticed,
        )
        look = look._replace(running=self._running(look))
        book, spells = referee.advance(analysis.referee, look, self._plan.windows)
        versions = analysis.cli_versions.sighted(look.running.values(), now)
        analysis, evidence_events = facts_of_spells(analysis.replace(referee=book, cli_versions=versions), spells, now)
        if look.incumbent is not None and look.candidate is not None:
            found = (len(look.incumbent.verdicts), len(look.candidate.verdicts))
            analysis = analysis.replace(agents_found=found)
        return analysis, spells, evidence_events

    def _running(self, look: RefereeLook) -> dict[str, CliVersion]:
        """Return by pane the CLI that the monitors name there, where its version is known."""
        found = dict[str, CliVersion]()
        for shot in look.tape.frames[-1].panes:
            agent = agent_in(shot.pane, look.candidate, look.incumbent)
            version = self._versions(shot.pid, agent) if agent is not None else None
            if agent is not None and version is not None:
                found[shot.pane] = CliVersion(cli=agent, version=version)
        return found

    def _entered(self, analysis: Analysis, looks: Sequence[ComparedLook | None], now: float) -> ShadowResult:
        book, settled = analysis.book, list[Bout]()
        for look in looks:
            book, more = bouts.advance(
                book,
                look,
                now if look is None else min(now, look.at),
                rules=self._rules,
                register=self._holding(analysis),
                signoffs=analysis.tallies.holding(analysis.signoffs, now),
            )
            settled += more
            if look is not None:
                analysis = add_guards(analysis, look.differences, now)
        analysis, evidence_events = events_of_bouts(analysis.replace(book=book), settled, self._register)
        return ShadowResult(analysis, bouts=tuple(settled), evidence_events=evidence_events)

    def _holding(self, analysis: Analysis) -> ExpectedRegister:
        """Return the register without the entries that occur more often than their ceiling."""
        return self._register.without(analysis.tallies.breached(self._register))

    def _waited(self, observation: Observation) -> Iterator[_PendingLook]:
        """Return the previous look, once its adjacent tape exists."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        soon = (
            observation.tape is not None
            and waiting.observation.tape is not None
            and observation.tape.frames[0].at - waiting.observation.tape.at <= SOON_S + ADJACENT_S
        )
        again = (
            self._observer.on_adjacent(waiting.observation, observation.tape).report
            if soon and observation.tape
            else None
        )
        yield _PendingLook(waiting.observation, _classified(waiting.look, again))

    def _live_check(self, observation: Observation) -> Iterator[LiveCheckResult]:
        live_check = observation.live_check
        if live_check is None or live_check.on_tape.report is None or live_check.answer.report is None:
            return
        live = live_check.answer.report
        look = compare_live(live_check.on_tape.report, live, live_check.tape, live_check.after)
        yield LiveCheckResult(look, live_check.cycle, live.wall_s - live.waited_s, live_check.tmux_s)

    def _evidence_events(self, own: Sequence[LiveCheckResult], now: float) -> Iterator[EvidenceEvent]:
        for look in own:
            yield from events_of_live_check(look, now, self._plan)


def answered(observation: Observation) -> Iterator[MonitorCall]:
    """The monitors that were called in a cycle, and those that failed."""
    for role, answer in observation.answers.items():
        failed = answer.report is None
        yield MonitorCall(role, observation.cycle, failed, answer.text if failed else "", counts=not answer.backing_off)


def _reports(observation: Observation) -> tuple[CycleReport, CycleReport] | None:
    incumbent, candidate = (observation.answers.get(role) for role in MonitorRole)
    if incumbent is None or candidate is None or incumbent.report is None or candidate.report is None:
        return None
    return incumbent.report, candidate.report


def _classified(look: ComparedLook, again: CycleReport | None) -> ComparedLook:
    return look.replace(differences=noise.classify(look.differences, again))
