"""`understudy replay --judge`: the spells of a replay, and what a plan makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from rollout.faces.cli.output import clock_time
from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.plan import Plan
from rollout.judgement.retrospect import Retrospect, retrospect
from shadow.referee.book import RefereeBook, RefereeLook, advance, finish
from shadow.referee.records import ScoredSpell, Vote
from understudy.record import instant_text
from understudy.report import CycleReport
from understudy.screens import Tape

_RIGHT: Final = {Vote.RIGHT: True, Vote.WRONG: False}


@dataclass(frozen=True, slots=True)
class JudgedReplay:
    """The result."""

    stage: Stage
    spells: tuple[ScoredSpell, ...]
    retrospect: Retrospect

    def as_json(self) -> dict[str, Any]:
        """Return the keys that `--judge` adds to the JSON of a replay."""
        body = self.retrospect.model_dump(mode="json", exclude={"promotable_on", "unsafe_on"})
        return {"judgement": body, "spells": [_spell(spell) for spell in self.spells]}

    def lines(self) -> Iterator[str]:
        """Say it for an operator: what happened, what it means, and the numbers that it rests on."""
        found, leaving = self.retrospect, f"for leaving {self.stage}"
        named = f"{len(self.spells)} spells named, {found.scored} scored"
        yield f"Judged {leaving}: {found.verdict} ({named}; the candidate was wrong in {found.wrong})"
        if found.unsafe_at is not None and found.unsafe_on is not None:
            yield f"  unsafe after {found.unsafe_at} scored spells, on {clock_time(found.unsafe_on)}"
        if found.promotable_at is not None and found.promotable_on is not None:
            to = f"ready for {self.stage.next}" if self.stage.next else "ready to replace the incumbent"
            yield f"  {to} after {found.promotable_at} scored spells, on {clock_time(found.promotable_on)}"
        if found.verdict is not Verdict.PROMOTABLE:
            yield from (f"  {reason}" for reason in found.reasons)


@dataclass(slots=True)
class ReplayJudge:
    """Collects the spells tape by tape."""

    plan: Plan
    stage: Stage
    minimums: bool = False
    _book: RefereeBook = field(default_factory=RefereeBook)
    _spells: list[ScoredSpell] = field(default_factory=list)

    def enter(self, tape: Tape, incumbent: CycleReport, candidate: CycleReport) -> None:
        """Enter what two monitors say of one tape."""
        self._book, spells = advance(self._book, RefereeLook(tape, incumbent, candidate), self.plan.windows)
        self._spells += spells

    def result(self) -> JudgedReplay:
        """Close the watch, and judge it."""
        spells = (*self._spells, *finish(self._book, self.plan.windows))
        return JudgedReplay(self.stage, spells, retrospect(spells, self.plan, self.stage, minimums=self.minimums))


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
