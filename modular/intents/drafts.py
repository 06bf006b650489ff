"""Unsent drafts: ours are sent, those of others become notices. Pure.

A draft of ours was typed by the harness: it carries a delivery's token. Any other may be a person's half sentence or a
manager's, and only they may press Enter. A draft must stand still for a while first; and only keys that were really
pressed, for either monitor, count as attempts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from modular.intents.fleet_view import FleetView
from modular.intents.limits import UsageLimits
from modular.memory import AgentMemory
from modular.rulebook.file import UNKNOWN
from modular.tracking.tracker import digest
from understudy import AgentState, Intent, Key, Outcome
from understudy.intents import SubmitDraft
from understudy.record import Record
from understudy.tokens import TOKEN, squeeze

DRAFT_STANDS_S: Final = 8.0
"""A draft of ours that stood still for so many seconds was typed and not sent."""
NOTICE_AFTER_S: Final = 60.0
"""A draft of another author that stood still for so long was left behind and is no longer being typed."""
RETRY_S: Final = 10.0
"""Seconds between two attempts to send one draft."""
MAX_ATTEMPTS: Final = 5
"""After so many attempts the manager gets a notice instead."""
_SUBMIT: Final = SubmitDraft.model_fields["kind"].default


class DraftMemory(Record):
    """A draft that stands in a composer."""

    text: str
    """Hash of the text."""
    since: float
    """The instant since which it is unchanged, in seconds since the epoch."""
    ours: bool = False
    attempts: int = 0
    """The number of times that keys were really pressed to send it."""
    tried_at: float | None = None


def advance(
    before: Mapping[str, DraftMemory], look: FleetView, limits: UsageLimits
) -> tuple[dict[str, DraftMemory], list[Intent]]:
    """Update the drafts with this look, and return the intents to send those that are due."""
    drafts: dict[str, DraftMemory] = {}
    intents: list[Intent] = []
    for key, agent in look.agents.items():
        known = before.get(key)
        if known is None and agent.state is not AgentState.UNSUBMITTED_INPUT:
            continue
        draft = _stands(known, agent, look)
        if draft is None:
            continue
        drafts[key] = draft
        if look.doubts(key) or key in look.busy_with or limits.holds(agent, look):
            continue
        if (attempt := submit_attempt(agent, draft, look.now)) is not None:
            intents.append(_submit(agent, attempt, look.now))
    return drafts, intents


def stuck(drafts: Mapping[str, DraftMemory], now: float) -> frozenset[str]:
    """Return the agents whose drafts are for others to send: other authors' drafts, and ours that were not sent."""
    return frozenset(
        key
        for key, draft in drafts.items()
        if (given_up(draft, now) if draft.ours else now - draft.since >= NOTICE_AFTER_S)
    )


def is_ours(text: str) -> bool:
    """Return whether a draft was typed by the harness."""
    return TOKEN.search(squeeze(text)) is not None


def given_up(draft: DraftMemory, now: float) -> bool:
    """Return whether the last attempt at sending a draft was made and failed."""
    return draft.attempts >= MAX_ATTEMPTS and not _just_tried(draft, now)


def submit_keys(attempt: int) -> tuple[Key, ...]:
    """Return the keys of the nth attempt (from 1); the second leaves a menu or the middle of a line first."""
    return (Key.END_OF_LINE, Key.ENTER) if attempt == 2 else (Key.ENTER,)  # noqa: PLR2004 - the second of five


def submit_attempt(agent: AgentMemory, draft: DraftMemory, now: float) -> int | None:
    """Return the number of the attempt at sending an agent's draft that is due; None where none is.

    An attempt that was made is repeated until the next is due: a report without it would withdraw it.
    """
    if not draft.ours or agent.state is not AgentState.UNSUBMITTED_INPUT:
        return None
    if UNKNOWN in {agent.agent, agent.rule.partition(".")[0]}:  # on a screen of an unknown CLI it may be any text
        return None
    if _just_tried(draft, now):
        return draft.attempts
    if draft.attempts >= MAX_ATTEMPTS or now - draft.since < DRAFT_STANDS_S:
        return None
    return draft.attempts + 1


def _stands(known: DraftMemory | None, agent: AgentMemory, look: FleetView) -> DraftMemory | None:
    known = known and _learned(known, agent, look.outcomes)
    if look.doubts(agent.key):
        return known
    reading = look.readings[agent.key]
    if reading.state is not AgentState.UNSUBMITTED_INPUT or reading.draft is None:
        return None
    text = digest(reading.draft)
    if known is None or known.text != text:
        return DraftMemory(text=text, since=look.now, ours=is_ours(reading.draft))
    return known.model_copy(update={"since": look.now}) if agent.key in look.busy_with else known


def _learned(draft: DraftMemory, agent: AgentMemory, outcomes: Sequence[Outcome]) -> DraftMemory:
    """Count the attempts that were really made, for either monitor: a refused or shadowed intent is none."""
    made = [one for one in outcomes if one.done and one.intent_key == _SUBMIT and one.pane == agent.pane]
    if not made:
        return draft
    tried = {"attempts": draft.attempts + len(made), "tried_at": max(one.at for one in made)}
    return draft.model_copy(update=tried)


def _submit(agent: AgentMemory, attempt: int, now: float) -> SubmitDraft:
    return SubmitDraft(
        pane=agent.pane,
        pid=agent.pid,
        target=agent.pane,
        session=agent.session,
        reason=f"{agent.rule}: a draft of ours stands still",
        ordinal=attempt,
        at=now,
        keys=submit_keys(attempt),
    )


def _just_tried(draft: DraftMemory, now: float) -> bool:
    return draft.tried_at is not None and now - draft.tried_at < RETRY_S
