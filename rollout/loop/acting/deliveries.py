"""One delivery as it is wanted, kept and made: what a row of the ledger holds. Records and words, no I/O."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from pydantic import Field

from understudy.intents import Intent, NotifyManager
from understudy.record import Instant, Record
from understudy.verdicts import AgentState

_LONGEST: Final = 1500
"""Characters of one message: more is no notice but a wall, and composers fold long pastes away."""
_BLANK: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")


class Item(Record):
    """What of a delivery belongs to which episode."""

    key: str
    """Of the episode in its book."""
    episode: str
    ordinal: int
    intent: Intent


class Delivery(Record):
    """One delivery: a message of one notice or several, keys, a window killed, a manager started."""

    id: str
    kind: str
    session: str
    target: str | None
    target_pid: int | None
    items: tuple[Item, ...]
    kill_pids: dict[str, int] = Field(default_factory=dict)
    """The processes of the panes that a new manager replaces."""
    role: str
    """On whose word."""
    confirmed_by: str = ""
    """How a destructive one was unlocked: `both`, `single_key`, or the person who approved it."""
    wanted_at: Instant
    state_behind: AgentState | None = None
    """For destructive ones: what the pane must still be."""
    digest: bool = False

    @property
    def token(self) -> str:
        """The mark that a message carries, so that it can be told from every other one in a scrollback."""
        return f"[{self.id[:10]}]"

    @property
    def intent(self) -> Intent:
        """Its only intent, or the first of its notices."""
        return self.items[0].intent

    def valid(self, now: float) -> tuple[Item, ...]:
        """The items that may still be delivered."""
        return tuple(item for item in self.items if item.intent.valid_until is None or now <= item.intent.valid_until)


def delivery_name(items: Sequence[Item], rows: Sequence[int]) -> str:
    """Name a delivery by the episodes and the attempts it is made of."""
    parts = " ".join(f"{item.episode}.{row}" for item, row in zip(items, rows, strict=True))
    return f"u-{blake2b(parts.encode(), digest_size=8).hexdigest()}"


def message(delivery: Delivery, now: float) -> str:
    """Write what to type, in one line: the token first, then the notices, those of a section under one heading."""
    notices = [item.intent for item in delivery.valid(now) if isinstance(item.intent, NotifyManager)]
    alone = [_line(notice.text) for notice in notices if notice.section is None]
    sections: dict[str, list[str]] = {}
    for notice in notices:
        if notice.section is not None:
            sections.setdefault(_line(notice.section), []).append(_line(notice.text))
    parts = [*alone, *(f"{section}: {_listed(texts)}" for section, texts in sections.items())]
    if delivery.digest:
        parts = [f"The {delivery.role} watches this team from now on. As it stands: {' | '.join(parts)}"]
    text = f"{delivery.token} {' | '.join(parts)}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _listed(texts: Sequence[str]) -> str:
    """A heading may stand without an entry: a monitor that could not read its own message; that is said."""
    return "; ".join(text for text in texts if text) or "(nobody named)"


def _line(text: str) -> str:
    """Without line ends and control characters: either would act on the composer instead of standing in it."""
    return _BLANK.sub(" ", text).strip()
