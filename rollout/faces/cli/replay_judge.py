"""`understudy replay --judge`: the spells of a replay, judged by a plan."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rollout.faces.cli.output import clock_time, weekday_time
from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.plan import Plan
from rollout.judgement.retrospect import Retrospect, retrospect
from rollout.loop.routing.held_out import is_held_out
from rollout.loop.routing.lease import lease_of
from shadow.bout import Bout
from shadow.expected import ExpectedRegister
from shadow.referee.book import RefereeBook, RefereeLook, advance, finish
from shadow.referee.records import ScoredSpell, Vote
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies
from understudy.record import instant_text
from understudy.report import CycleReport
from understudy.screens import Tape

_RIGHT: Final = {Vote.RIGHT: True, Vote.WRONG: False}
_KEYS: Final = ("verdict", "scored", "wrong", "promotable_at", "unsafe_at", "reasons")


@dataclass(frozen=True, slots=True)
class JudgedReplay:
    """The result."""

    stage: Stage
    spells: tuple[ScoredSpell, ...]
    retrospect: Retrospect
    covers: tuple[float, float] | None
    """The instants of the first and the last tape; None without a tape."""
    rules_changed: float | None
    """The instant of the last change of the candidate's rules; None where that is not known."""
    held_out: float | None
    """The share of leases that alone were judged; None where all were."""
    leases: tuple[int, int]
    """The number of leases with a named spell that were judged, and of all such leases."""
    clusters_open: tuple[str, ...]
    """The clusters that would wait for a person's decision, and hold the promotion until then."""

    @property
    def in_sample(self) -> bool:
        """Return True if the rules may have been written with these tapes in view."""
        return self.covers is None or self.rules_changed is None or self.rules_changed > self.covers[0]

    def as_json(self) -> dict[str, Any]:
        """Return the keys that `--judge` adds to the JSON of a replay."""
        found = self.retrospect.model_dump(mode="json")
        body: dict[str, Any] = {key: found[key] for key in _KEYS}
        body |= {"in_sample": self.in_sample, "held_out": self.held_out, "clusters_open": list(self.clusters_open)}
        body |= {"promotable_on": found["promotable_on"], "unsafe_on": found["unsafe_on"]}
        began, ended = map(instant_text, self.covers) if self.covers else (None, None)
        body |= {"began": began, "ended": ended}
        return {"judgement": body, "spells": [_spell(spell) for spell in self.spells]}

    def lines(self, tapes: str = "these tapes") -> Iterator[str]:
        """Print it for an operator: what happened, what it means, and the numbers that it rests on.

        `tapes` says which tapes these are.
        """
        found, leaving = self.retrospect, f"for leaving {self.stage}"
        named = f"{len(self.spells)} spells named, {found.scored} scored"
        yield f"Judged {leaving}: {found.verdict} ({named}; the candidate was wrong in {found.wrong})"
        if found.unsafe_at is not None and found.unsafe_on is not None:
            yield f"  unsafe after {found.unsafe_at} scored spells, on {clock_time(found.unsafe_on)}"
        if found.promotable_at is not None and found.promotable_on is not None:
            yield f"  {self._ready} after {found.promotable_at} scored spells, on {clock_time(found.promotable_on)}"
        if found.verdict is not Verdict.PROMOTABLE:
            yield from (f"  {reason}" for reason in found.reasons)
        if self.covers is not None:
            yield from self._told(tapes, *self.covers)

    def _told(self, tapes: str, first: float, last: float) -> Iterator[str]:
        found = self.retrospect
        if found.verdict is Verdict.PROMOTABLE and found.promotable_on is not None:
            answer = f"would be {self._ready} on {weekday_time(found.promotable_on)}"
        else:
            answer = f"would not be {self._ready}: {found.reasons[0] if found.reasons else 'too few spells'}"
        names = self.clusters_open
        stop = f"; {_clusters(names)} stop{'s' if len(names) == 1 else ''} it: {', '.join(names)}" if names else ""
        yield f"With {tapes} it {answer}{stop}."
        if names:
            yield f"Show one with its screen: the same command with --show {names[0]}"
        yield f"The tapes cover {weekday_time(first)} to {weekday_time(last)}."
        if self.held_out is not None:
            judged, of = self.leases
            chosen = f"{judged} of {of}, chosen by a hash for a share of {self.held_out:g}"
            yield f"Judged on the held-out leases alone: {chosen}."
        yield self._sample(first, last)

    @property
    def _ready(self) -> str:
        return f"ready for {self.stage.next}" if self.stage.next else "ready to replace the incumbent"

    def _sample(self, first: float, last: float) -> str:
        if self.rules_changed is None:
            return "In sample, as far as can be told: the age of the candidate's rules is not known."
        changed = f"the candidate's rules (changed {clock_time(self.rules_changed)})"
        if self.rules_changed <= first:
            return f"Out of sample: {changed} are older than these tapes."
        some = "" if self.rules_changed > last else "some of "
        return (
            f"In sample: {changed} are newer than {some}these tapes, so they may have been written with them in view. "
            "Tapes recorded from now on say more."
        )


@dataclass(slots=True)
class ReplayJudge:
    """Collects the spells tape by tape."""

    plan: Plan
    stage: Stage
    minimums: bool = False
    held_out: float | None = None
    """The share of leases that alone are judged; None for all."""
    _book: RefereeBook = field(default_factory=RefereeBook)
    _spells: list[ScoredSpell] = field(default_factory=list)
    _covers: tuple[float, float] | None = None

    def enter(self, tape: Tape, incumbent: CycleReport, candidate: CycleReport) -> None:
        """Enter two monitors' reports on one tape."""
        self._book, spells = advance(self._book, RefereeLook(tape, incumbent, candidate), self.plan.windows)
        self._spells += spells
        self._covers = (self._covers[0] if self._covers else tape.at, tape.at)

    def result(
        self,
        bouts: Sequence[Bout],
        register: ExpectedRegister,
        signoffs: Signoffs,
        *,
        rules_changed: float | None,
    ) -> JudgedReplay:
        """End the replay, and judge it.

        Args:
            bouts: The settled bouts of the same tapes.
            register: The register of expected differences.
            signoffs: The decisions of people that hold.
            rules_changed: When the candidate's rules were last changed; None where that is not known.
        """
        ended = (*self._spells, *finish(self._book, self.plan.windows))
        spells = tuple(one for one in ended if self._judges(one.session, one.began))
        tallies = Tallies().count((bout for bout in bouts if self._judges(bout.session, bout.began)), register)
        now = self._covers[1] if self._covers else 0.0
        return JudgedReplay(
            stage=self.stage,
            spells=spells,
            retrospect=retrospect(spells, self.plan, self.stage, minimums=self.minimums),
            covers=self._covers,
            rules_changed=rules_changed,
            held_out=self.held_out,
            leases=(len(self._leases(spells)), len(self._leases(ended))),
            clusters_open=tallies.open(signoffs, register, now) if self.plan.review else (),
        )

    def _leases(self, spells: Iterable[ScoredSpell]) -> set[str]:
        return {lease_of(spell.session, spell.began, self.plan.lease_s).name for spell in spells}

    def _judges(self, session: str, began: float) -> bool:
        """Return True if spells that began then are judged: such a spell is its lease's, as long as it lasts."""
        return self.held_out is None or is_held_out(session, began, share=self.held_out, lease_s=self.plan.lease_s)


def _clusters(names: Sequence[str]) -> str:
    return f"these {len(names)} clusters" if len(names) > 1 else "this cluster"


def _spell(spell: ScoredSpell) -> dict[str, Any]:
    return {
        "pane": spell.pane,
        "began": instant_text(spell.began),
        "ended": instant_text(spell.ended),
        "named": sorted(spell.named.states),
        "incumbent_right": _RIGHT.get(spell.incumbent),
        "candidate_right": _RIGHT.get(spell.candidate),
        "agent": spell.agent,
        "rule": str(spell.rule),
        "looks": spell.looks,
    }
