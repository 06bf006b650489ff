"""Scored spells, bouts, own looks and cycles become the yes and no that guardrails count."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rollout.judgement.enums import ONE_RIGHT, Guardrail
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.plan import CycleTime
from shadow.bouts import Bout, Excuse
from shadow.referee.records import EvidenceKind, NamedState, SpellEvent
from understudy.verdicts import AgentState


def spell_facts(event: SpellEvent) -> Iterator[EvidenceEvent]:
    """What one event of a scored spell counts for: its guardrail, and the strata that are judged by themselves."""
    guardrail = _GUARDRAILS.get(event.guardrail)
    if guardrail is None:
        return
    whole = EvidenceEvent(guardrail, event.event, subject=event.spell, at=event.at)
    yield whole
    if guardrail is Guardrail.WRONG:
        yield replace(whole, stratum=stratum_of(event.stratum), whole=False)
    if guardrail is Guardrail.WORSE and event.decisive:
        yield replace(whole, stratum=ONE_RIGHT, whole=False)


_GUARDRAILS: Final = {
    EvidenceKind.WRONG: Guardrail.WRONG,
    EvidenceKind.WORSE: Guardrail.WORSE,
    EvidenceKind.TOLD: Guardrail.TOLD,
    EvidenceKind.DUTY: Guardrail.DUTY,
}


OF_SPELLS: Final = frozenset(_GUARDRAILS.values())
"""The guardrails that count spells."""


def stratum_of(named: NamedState) -> str:
    """The stratum in which a spell is judged: a pane at rest counts for `idle`."""
    return str(AgentState.IDLE if named is NamedState.AT_REST else named)


def noise_facts(bout: Bout) -> Iterator[EvidenceEvent]:
    """What a settled bout says about the incumbent: whether it disagreed with itself."""
    if bout.counts or bout.why_not is Excuse.NOISE:
        yield EvidenceEvent(Guardrail.NOISE, bout.why_not is Excuse.NOISE, subject=bout.id, at=bout.settled_at)


def live_check_events(
    look: str, at: float, *, differs: bool, wall_s: float, tmux_s: float | None, limits: CycleTime
) -> Iterator[EvidenceEvent]:
    """What one look of the candidate's own says: whether it saw what the tape showed, and whether it was slow.

    `floor_s` is tmux's own share, timed in the same look; None where it was not timed: then the limit alone judges.
    """
    yield EvidenceEvent(Guardrail.LIVE_MISMATCH, differs, subject=look, at=at)
    over_tmux = tmux_s is not None and limits.factor is not None and wall_s > limits.factor * tmux_s
    yield EvidenceEvent(Guardrail.CYCLE_TIME, over_tmux or wall_s > limits.limit_s, subject=look, at=at)


def cycle_event(cycle: str, at: float, *, failed: bool) -> EvidenceEvent:
    """What one cycle of the candidate says: whether it came to a report."""
    return EvidenceEvent(Guardrail.FAILURE, failed, subject=cycle, at=at)
