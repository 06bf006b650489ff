"""Actions about one pane as episodes: each request from its first look until two looks lack it."""

from collections.abc import Iterable, Sequence
from typing import Final

from shadow.actions import CLOSING_LOOKS
from shadow.referee.records import NamedState
from understudy.intents import Intent, Notice, intent_key
from understudy.record import Instant, Record
from understudy.report import CycleReport
from understudy.screens import PaneShot
from understudy.verdicts import AgentRole

_N = NamedState
_AT_REST: Final = frozenset({_N.IDLE, _N.AT_REST})
_NEEDS_A_PERSON: Final = frozenset({_N.CRASHED, _N.WAITING_APPROVAL, _N.AT_REST, _N.UNSUBMITTED_INPUT})
PREMISES: Final[dict[str, frozenset[NamedState]]] = {
    f"notify_manager:{Notice.IDLE}": _AT_REST,
    f"notify_manager:{Notice.FRESH}": _AT_REST,
    f"notify_manager:{Notice.ERROR}": frozenset({_N.AT_REST}),
    f"notify_manager:{Notice.RATE_LIMIT}": frozenset({_N.AT_REST}),
    f"notify_manager:{Notice.CRASH}": frozenset({_N.CRASHED}),
    f"notify_manager:{Notice.APPROVAL}": frozenset({_N.WAITING_APPROVAL}),
    f"notify_manager:{Notice.DRAFT}": frozenset({_N.UNSUBMITTED_INPUT}),
    "submit_draft": frozenset({_N.UNSUBMITTED_INPUT}),
    "kill_window": frozenset({_N.CRASHED}),
    "spawn_manager": frozenset({_N.CRASHED}),
    "escalate": _NEEDS_A_PERSON,
}
"""The named states in which an action is right. An action that is not listed is about no single pane's state."""
TELLS: Final = frozenset(name for name in PREMISES if name.startswith("notify_manager")) | {"escalate"}
"""The actions that tell a manager or a person about a pane."""
_KEPT: Final = 32
"""Episodes of one monitor about one pane; older ones are forgotten."""


class ActionEpisode(Record):
    """One action that one monitor requested."""

    intent_key: str
    ordinal: int
    target: str | None
    opened: Instant
    heard: Instant
    """The last look at which it was requested."""
    silent: int = 0
    """Looks since then."""
    misdirected: bool = False
    """Its target is no manager of the session."""

    @property
    def closed(self) -> bool:
        """Return whether it was withdrawn."""
        return self.silent >= CLOSING_LOOKS

    def overlaps(self, began: float, ended: float) -> bool:
        """Return whether it was requested at any look of a run."""
        return self.opened <= ended and self.heard >= began


def advance_episodes(
    episodes: Sequence[ActionEpisode], intents: Iterable[tuple[Intent, bool]], at: float, keep_from: float
) -> tuple[ActionEpisode, ...]:
    """Enter one look: the intents about the pane, each with whether it is misdirected.

    Withdrawn episodes that were last requested before `keep_from` are forgotten.
    """
    asked = {(intent_key(intent), intent.ordinal, intent.target): misdirected for intent, misdirected in intents}
    if not asked and not episodes:
        return ()
    kept, found = list[ActionEpisode](), set[tuple[str, int, str | None]]()
    for episode in episodes:
        key = (episode.intent_key, episode.ordinal, episode.target)
        if not episode.closed and key in asked:
            found.add(key)
            kept.append(episode.model_copy(update={"heard": at, "silent": 0}))
        elif not episode.closed:
            kept.append(episode.model_copy(update={"silent": episode.silent + 1}))
        elif episode.heard >= keep_from:
            kept.append(episode)
    kept += [
        ActionEpisode(intent_key=key[0], ordinal=key[1], target=key[2], opened=at, heard=at, misdirected=misdirected)
        for key, misdirected in sorted(asked.items(), key=repr)
        if key not in found
    ]
    return tuple(kept[-_KEPT:])


def is_misdirected(intent: Intent, shots: dict[str, PaneShot], reports: Iterable[CycleReport | None]) -> bool:
    """Return whether a notice goes to a pane that is no manager of the session of the pane that it is about."""
    if intent.kind != "notify_manager" or intent.pane is None:
        return False
    about, target = shots.get(intent.pane), shots.get(intent.target or "")
    if about is None or target is None or about.session_id != target.session_id:
        return True
    roles = {
        verdict.role
        for report in reports
        if report is not None and (verdict := report.verdicts.get(target.pane)) is not None
    }
    return bool(roles) and roles != {AgentRole.MANAGER}
