"""The referee's names of the looks of the recorded trial, scored: by rule, named state and CLI, with bounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from shadow.bouts import BoutBook, ComparedLook
from shadow.bouts import advance as advance_bouts
from shadow.compare import compare
from shadow.expected import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recorded_trial import Interval, Truth, Watched

    from shadow.bout import Bout
    from shadow.referee.records import ScoredSpell

LOOKS_NAMED: Final = 0.55
BOUTS_NAMED: Final = 0.45
WRONG_AT_MOST: Final = 0.015
WRONG_IN_ONE: Final = 0.03
"""A rule or a named state fails above this share, and from two wrong spells on."""


@dataclass(frozen=True, slots=True)
class Named:
    """One look that has a label and a name."""

    at: float
    spell: ScoredSpell
    truth: Interval

    @property
    def wrong(self) -> bool:
        """Return whether none of the states that hold is in the named set."""
        return self.truth.ok.isdisjoint(self.spell.named.states)


@dataclass(slots=True)
class Figures:
    """The counts."""

    labelled: int = 0
    named: list[Named] = field(default_factory=list)
    bouts: int = 0
    """Bouts whose states differ."""
    bouts_named: int = 0
    same_for_every_pair: bool = True

    @property
    def wrong(self) -> list[Named]:
        """The looks with a wrong name."""
        return [one for one in self.named if one.wrong]

    @property
    def wrong_spells(self) -> dict[str, ScoredSpell]:
        """The spells in which at least one look is named wrongly."""
        return {one.spell.id: one.spell for one in self.wrong}

    @property
    def judged_spells(self) -> dict[str, ScoredSpell]:
        """The spells in which at least one look has a label."""
        return {one.spell.id: one.spell for one in self.named}

    def faults(self) -> Iterator[str]:
        """Say which bounds are not kept."""
        if len(self.named) < LOOKS_NAMED * self.labelled:
            yield f"fewer than {LOOKS_NAMED:.0%} of the labelled looks are named"
        if self.bouts_named < BOUTS_NAMED * self.bouts:
            yield f"fewer than {BOUTS_NAMED:.0%} of the bouts that differ are named"
        if len(self.wrong) > WRONG_AT_MOST * len(self.named):
            yield f"more than {WRONG_AT_MOST:.1%} of the named looks are wrong"
        if len(self.wrong_spells) > WRONG_AT_MOST * len(self.judged_spells):
            yield f"more than {WRONG_AT_MOST:.1%} of the named spells are wrong"
        for title in ("rule", "named"):
            total = Counter(getattr(spell, title) for spell in self.judged_spells.values())
            wrong = Counter(getattr(spell, title) for spell in self.wrong_spells.values())
            for name, count in wrong.items():
                if count > 1 and count > WRONG_IN_ONE * total[name]:
                    yield f"{title} {name}: {count} of {total[name]} spells are wrong"
        if not self.same_for_every_pair:
            yield "another pair of monitors gives other names"


def figures(watched: Sequence[Watched], spells: Sequence[ScoredSpell], truth: Truth) -> Figures:
    """Count how well spells name the looks of a watch."""
    found = Figures()
    for one in watched:
        for shot in one.tape.frames[-1].panes:
            row = truth.at(shot.pane, one.tape.at)
            if row is None:
                continue
            found.labelled += 1
            spell = spell_at(spells, shot.pane, one.tape.at)
            if spell is not None:
                found.named.append(Named(one.tape.at, spell, row))
    for bout in bouts_of(watched):
        if bout.pane is not None and bout.incumbent.state is not bout.candidate.state:
            ended = bout.ended if bout.ended is not None else bout.settled_at
            within = (spell for spell in spells if spell.pane == bout.pane and spell.pid == bout.pid)
            found.bouts += 1
            found.bouts_named += any(spell.began <= ended and spell.ended >= bout.began for spell in within)
    return found


def spell_at(spells: Iterable[ScoredSpell], pane: str, at: float) -> ScoredSpell | None:
    """Return the spell of a pane that an instant lies in."""
    return next((spell for spell in spells if spell.pane == pane and spell.began <= at <= spell.ended), None)


def bouts_of(watched: Sequence[Watched]) -> list[Bout]:
    """Return the bouts of a watch."""
    book, register, at = BoutBook(), shipped(), 0.0
    found: list[Bout] = []
    for one in watched:
        at = one.tape.at
        differences = compare(one.incumbent, one.candidate, register)
        look = ComparedLook(at=at, incumbent=one.incumbent, candidate=one.candidate, differences=differences)
        book, bouts = advance_bouts(book, look, at, register=register)
        found += bouts
    return [*found, *advance_bouts(book, None, at + 5000.0, register=register)[1]]


def table(found: Figures) -> str:
    """Lay the figures out: a row for each rule and CLI, then the named states, then the whole."""
    rows = [("rule", "CLI", "spells", "looks", "wrong looks")]
    keys = sorted({(str(one.spell.rule), one.truth.agent) for one in found.named})
    rows += [_row(found, rule, agent) for rule, agent in keys]
    rows += [_row(found, "all rules", agent) for agent in sorted({one.truth.agent for one in found.named})]
    rows.append(("", "", "", "", ""))
    rows += [_state_row(found, state) for state in sorted({str(one.spell.named) for one in found.named})]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, _WIDTHS, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", *_summary(found)])


_WIDTHS: Final = (18, 10, 8, 8, 12)


def _row(found: Figures, rule: str, agent: str) -> tuple[str, ...]:
    own = [one for one in found.named if one.truth.agent == agent and rule in {"all rules", str(one.spell.rule)}]
    return (rule, agent, *_counts(own))


def _state_row(found: Figures, state: str) -> tuple[str, ...]:
    return (state, "", *_counts([one for one in found.named if str(one.spell.named) == state]))


def _counts(named: Sequence[Named]) -> tuple[str, str, str]:
    return str(len({one.spell.id for one in named})), str(len(named)), str(sum(one.wrong for one in named))


def _summary(found: Figures) -> Iterator[str]:
    looks, spells, wrong = len(found.named), len(found.judged_spells), found.wrong
    yield f"looks with a label that are named: {looks} of {found.labelled} ({_share(looks, found.labelled)})"
    named = _share(found.bouts_named, found.bouts)
    yield f"bouts that differ and are named: {found.bouts_named} of {found.bouts} ({named})"
    yield f"wrong names: {len(wrong)} of {looks} looks, {len(found.wrong_spells)} of {spells} spells"
    for one in wrong:
        said = f"{one.spell.named} by {one.spell.rule}, but {one.truth.label} ({one.truth.note})"
        yield f"  {one.spell.pane} at {one.at:.1f}: {said}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
