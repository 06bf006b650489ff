"""Spells: runs of looks with one name, joined as the names become known, and scored when they end."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shadow.referee.actions import ActionEpisode
from shadow.referee.claims import Run, joined, right_after_s, vote
from shadow.referee.duties import duty, told
from shadow.referee.naming import Decided
from shadow.referee.records import NamedState, NamingRule, ScoredSpell
from shadow.rules import Windows
from understudy.record import Record

SCORED_AFTER_S: Final = 600.0
"""A spell that lasts longer is scored while it goes on, once: a crashed agent may be left for days."""


class OpenSpell(Record):
    """A spell that may still go on."""

    run: Run
    named: NamedState
    rule: NamingRule
    scored: bool = False
    paused: bool = False
    """The last look has no name, and a turn may go on after it."""


class Subject(NamedTuple):
    """The pane and process that the spells belong to."""

    pane: str
    pid: int
    session: str
    window: str
    agent: str
    incumbent: Sequence[ActionEpisode] = ()
    candidate: Sequence[ActionEpisode] = ()


def continued(
    spell: OpenSpell | None, decided: Sequence[Decided], who: Subject, windows: Windows
) -> tuple[OpenSpell | None, list[ScoredSpell]]:
    """Enter runs whose names are known, oldest first; return the open spell, and the spells that can be scored."""
    done = list[ScoredSpell]()
    for one in decided:
        if spell is not None and one.named is spell.named:
            run = spell.run if spell.scored else joined(spell.run, one.run)
            spell = spell.model_copy(update={"run": run, "paused": False})
        elif spell is not None and _pauses(spell, one):
            spell = spell.model_copy(update={"paused": True})
        else:
            done += ended(spell, who, windows)
            spell = None if one.named is None or one.rule is None else _begun(one.run, one.named, one.rule)
        if spell is not None and not spell.scored and spell.run.ended - spell.run.began >= SCORED_AFTER_S:
            done += ended(spell, who, windows)
            spell = spell.model_copy(update={"scored": True})
    return spell, done


def _pauses(spell: OpenSpell, one: Decided) -> bool:
    """Return whether one look without a name may lie within a turn: an agent at work stands still for a moment, too."""
    return spell.named is NamedState.BUSY and not spell.paused and one.named is None and one.run.looks == 1


def ended(spell: OpenSpell | None, who: Subject, windows: Windows) -> list[ScoredSpell]:
    """Return the record of a spell that is over, unless it was scored while it went on."""
    return [] if spell is None or spell.scored else [scored(spell, who, windows)]


def scored(spell: OpenSpell, who: Subject, windows: Windows) -> ScoredSpell:
    """Score a spell: one vote a monitor, and the notices."""
    run, named = spell.run, spell.named
    return ScoredSpell(
        id=f"s{who.pane}-{who.pid}-{run.began:.3f}",
        pane=who.pane,
        pid=who.pid,
        session=who.session,
        window=who.window,
        agent=who.agent,
        ran=run.ran,
        began=run.began,
        ended=run.ended,
        looks=run.looks,
        named=named,
        rule=spell.rule,
        incumbent=vote(run.incumbent, run.looks, named),
        candidate=vote(run.candidate, run.looks, named),
        incumbent_after_s=right_after_s(run.incumbent, run.began, named),
        candidate_after_s=right_after_s(run.candidate, run.began, named),
        known=run.known,
        told=told(who.incumbent, who.candidate, run, named, windows),
        duty=duty(who.candidate, run, named, windows),
    )


def _begun(run: Run, named: NamedState, rule: NamingRule) -> OpenSpell:
    return OpenSpell(run=run, named=named, rule=rule)
