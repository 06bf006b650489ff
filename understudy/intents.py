"""The intents that a monitor returns. A monitor only requests; the harness alone acts."""

from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import Field

from understudy.record import Instant, Record


class Notice(StrEnum):
    """The subject of a notice to a manager."""

    IDLE = "idle"
    FRESH = "fresh"
    CRASH = "crash"
    ERROR = "error"
    APPROVAL = "approval"
    DRAFT = "draft"
    RATE_LIMIT = "rate_limit"
    MISSING = "missing"
    TEAM_IDLE = "team_idle"
    RECOVERY = "recovery"


class Key(StrEnum):
    """The only named keys that the actuator presses."""

    ENTER = "Enter"
    END_OF_LINE = "C-e"
    ESCAPE = "Escape"
    CLEAR_LINE = "C-u"


class _Requested(Record):
    """The fields that all intents share.

    The same `ordinal` for the same kind and pane is the same intent, standing; a higher one is a reminder. An intent is
    repeated in every report for as long as it is wanted: silence withdraws it.
    """

    pane: str | None
    """The pane it is about, such as `%12`; None where the pane is gone or not there yet."""
    pid: int | None
    """Process of that pane: together they are the identity."""
    target: str | None
    """The pane that the action changes, such as the manager's; None where it changes no pane."""
    session: str
    reason: str
    """The rule that requests it, and why, in one line."""
    ordinal: int = Field(default=1, ge=1)
    at: Instant
    """The instant in the cycle at which the monitor decided."""
    valid_until: Instant | None = None
    """After this the intent is stale and must not be delivered."""


class NotifyManager(_Requested):
    """Tell the manager in pane `target` about the agent in `pane`."""

    kind: Literal["notify_manager"] = "notify_manager"
    about: Notice
    text: str
    """The text to type, in one line."""
    section: str | None = None
    """Notices with a section to the same target go out as one report, a heading each; None is a message of its own."""


class SubmitDraft(_Requested):
    """Press these keys in `target` so that the draft in its composer is sent."""

    kind: Literal["submit_draft"] = "submit_draft"
    keys: tuple[Key, ...] = (Key.ENTER,)


class KillWindow(_Requested):
    """Kill the window that holds `target`."""

    kind: Literal["kill_window"] = "kill_window"


class SpawnManager(_Requested):
    """Start a new manager in `session`, in place of the one in `pane` if there is one (which dies first)."""

    kind: Literal["spawn_manager"] = "spawn_manager"
    window_index: int | None = None
    window_name: str = "Claude-pm"
    kills: tuple[str, ...] = ()
    """Panes whose windows the spawn kills first."""
    briefing: str = ""
    """The text for the new manager once it is up."""


class PauseSession(_Requested):
    """Leave the session alone until `until`."""

    kind: Literal["pause_session"] = "pause_session"
    until: Instant


class Escalate(_Requested):
    """Ask a person."""

    kind: Literal["escalate"] = "escalate"
    text: str


Intent = Annotated[
    NotifyManager | SubmitDraft | KillWindow | SpawnManager | PauseSession | Escalate,
    Field(discriminator="kind"),
]

DestructiveKind = Literal["kill_window", "spawn_manager", "submit_draft"]
"""The kinds that cannot be taken back: they need dual control."""
DESTRUCTIVE: frozenset[str] = frozenset(get_args(DestructiveKind))
KILLING: frozenset[str] = frozenset({"kill_window", "spawn_manager"})
"""The kinds that may end an agent: a spawn kills the manager that it replaces."""


def intent_key(intent: Intent) -> str:
    """Return the kind of an intent, and for a notice its subject (`notify_manager:idle`), without its target."""
    return f"{intent.kind}:{intent.about}" if isinstance(intent, NotifyManager) else intent.kind
