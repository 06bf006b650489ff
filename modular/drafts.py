"""Drafts that nobody sent: when pressing Enter is wanted, and when that is given up. Pure.

A draft may be somebody's half sentence, so it must stand still for a while first; and only keys that were really
pressed, by whomever, count as attempts.
"""

from collections.abc import Sequence
from typing import Final

from contract import AgentState, Key, Outcome
from contract.intents import SubmitDraft
from modular.memory import AgentMemory, DraftMemory
from modular.rulefile import UNKNOWN

DRAFT_STANDS_S: Final = 8.0
"""A draft that stood still for so many seconds is forgotten, not being typed."""
RETRY_S: Final = 10.0
"""Seconds between two attempts to send one draft."""
MAX_ATTEMPTS: Final = 5
"""After so many attempts the manager hears of it instead."""
_SUBMIT: Final = SubmitDraft.model_fields["kind"].default


def given_up(draft: DraftMemory | None, now: float) -> bool:
    """Whether the last attempt at sending a draft was made, and did not help."""
    return draft is not None and draft.attempts >= MAX_ATTEMPTS and not _just_tried(draft, now)


def submit_keys(attempt: int) -> tuple[Key, ...]:
    """Name the keys of the nth attempt (from 1); the second leaves a menu or the middle of a line first."""
    return (Key.END_OF_LINE, Key.ENTER) if attempt == 2 else (Key.ENTER,)  # noqa: PLR2004 - the second of five


def submit_attempt(agent: AgentMemory, now: float) -> int | None:
    """Say which attempt at sending an agent's draft is wanted; None where none is.

    One that was made stands until the next is due: silence would withdraw it.
    """
    draft = agent.draft
    if agent.state is not AgentState.UNSUBMITTED_INPUT or draft is None:
        return None
    if UNKNOWN in {agent.agent, agent.rule.partition(".")[0]}:  # on a screen that no rules know it may be anything
        return None
    if _just_tried(draft, now):
        return draft.attempts
    if draft.attempts >= MAX_ATTEMPTS or now - draft.since < DRAFT_STANDS_S:
        return None
    return draft.attempts + 1


def learn_attempts(agent: AgentMemory, outcomes: Sequence[Outcome]) -> AgentMemory:
    """Count the attempts that were really made, by whomever: a refused or shadowed wish is none."""
    draft = agent.draft
    if draft is None:
        return agent
    made = [one for one in outcomes if one.done and one.wish == _SUBMIT and one.pane == agent.pane]
    if not made:
        return agent
    tried: DraftMemory = draft.model_copy(
        update={"attempts": draft.attempts + len(made), "tried_at": max(one.at for one in made)}
    )
    return agent.model_copy(update={"draft": tried})


def _just_tried(draft: DraftMemory, now: float) -> bool:
    return draft.tried_at is not None and now - draft.tried_at < RETRY_S
