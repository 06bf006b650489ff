"""Evidence: the events that scored spells come to."""

from collections.abc import Iterable, Iterator

from shadow.referee.records import Duty, EvidenceKind, ScoredSpell, SpellEvent, Vote

_VOTED = frozenset({Vote.RIGHT, Vote.WRONG})
_COMPARED = _VOTED | {Vote.ABSTAINED}


def evidence_of(spell: ScoredSpell) -> Iterator[SpellEvent]:
    """Yield the events of one spell, at most one for each of `wrong`, `worse`, `abstained` and `duty`.

    `told` has one for each right action of the incumbent.
    """
    if not spell.known:
        return
    ours, theirs = spell.candidate, spell.incumbent
    if ours in _VOTED:
        yield _event(spell, EvidenceKind.WRONG, event=ours is Vote.WRONG)
    if ours in _COMPARED:
        yield _event(spell, EvidenceKind.ABSTAINED, event=ours is Vote.ABSTAINED)
    if {ours, theirs} <= _COMPARED and {ours, theirs} != {Vote.ABSTAINED}:
        alone = (ours is Vote.RIGHT) is not (theirs is Vote.RIGHT)
        yield _event(spell, EvidenceKind.WORSE, event=alone and theirs is Vote.RIGHT, decisive=alone)
    for told in spell.told:
        yield _event(spell, EvidenceKind.TOLD, event=told.silent)
    if spell.duty is not None:
        yield _event(spell, EvidenceKind.DUTY, event=spell.duty is not Duty.DONE)


def evidence_from(spells: Iterable[ScoredSpell]) -> Iterator[SpellEvent]:
    """Yield the events of many spells, in their order."""
    for spell in spells:
        yield from evidence_of(spell)


def _event(spell: ScoredSpell, kind: EvidenceKind, *, event: bool, decisive: bool = True) -> SpellEvent:
    return SpellEvent(
        guardrail=kind,
        stratum=spell.named,
        event=event,
        decisive=decisive,
        spell=spell.id,
        pane=f"{spell.pane}/{spell.pid}",
        agent=spell.agent,
        at=spell.ended,
    )
