"""The list of all panes: the question, and its answer whatever the names in it contain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_NUMBERS: Final = (
    "window_index",
    "window_panes",
    "pane_active",
    "pane_pid",
    "pane_width",
    "pane_height",
    "cursor_x",
    "cursor_y",
    "pane_dead",
    "alternate_on",
    "pane_in_mode",
    "history_size",
    "window_activity",
)
_IDS: Final = ("pane_id", "session_id", "window_id")
_NAMES: Final = ("window_name", "pane_title", "pane_tty", "pane_current_command")
"""Free text, which may contain anything: each stands alone behind its own mark."""
_LASTING: Final = 2
"""The last of those stay as they are for as long as the same runs in a pane; tmux reads /proc for the very last."""


class PaneRow(NamedTuple):
    """One pane as `list-panes` tells it; see `understudy.screens.PaneShot` for the meanings.

    A tuple: one is made of every pane that printed, and compared with the one before. What changes when it prints comes
    first, so that the rest can be compared alone.
    """

    activity: int
    """When anything was last printed in its window: seconds since the epoch, as whole as tmux keeps it."""
    cursor_x: int
    cursor_y: int
    history: int
    pane: str
    session_id: str
    window_id: str
    session_created: int
    window_index: int
    window_panes: int
    active: bool
    pid: int
    width: int
    height: int
    dead: bool
    alternate: bool
    in_mode: bool
    session: str
    window: str
    title: str
    command: str
    tty: str
    typed: int | None = None
    """When a person last pressed a key in it: seconds since the epoch, cut to whole ones; None where nobody looks."""

    @property
    def unmoved(self) -> tuple[int | str | None, ...]:
        """All that printing alone does not change."""
        return self[_PRINTED:]


_PRINTED: Final = PaneRow._fields.index("pane")


class Lasting(NamedTuple):
    """What stays as it is for as long as the same runs in a pane."""

    tty: str
    command: str


class UnreadableListing(ValueError):
    """An answer that is no list of panes."""


def question(mark: str, *, lasting: bool = True) -> str:
    """Ask for all panes of a server; `mark` is a word that no name in the list can contain.

    Without what is `lasting`, terminals and commands, the list costs tmux a third less. What tmux spends goes by the
    number of figures, so that those of a session are not asked for with each of its panes.
    """
    fixed = " ".join(f"#{{{name}}}" for name in _IDS + _NUMBERS)
    # the "=" keeps two marks apart where a name between them is empty: two at a stretch begin a record
    free = "".join(f"{mark}=#{{{name}}}" for name in (_NAMES if lasting else _NAMES[:-_LASTING]))
    return (
        f"list-sessions -F '{mark}{mark}#{{session_id}} #{{session_created}}{mark}=#{{session_name}}'\n"
        f"list-clients -F '{mark}{mark}!#{{client_control_mode}} #{{client_activity}} #{{pane_id}}'\n"
        f"list-panes -a -F '{mark}{mark}{fixed}{free}'"
    )


@dataclass(slots=True)
class KnownPanes:
    """What one reading leaves for the next."""

    sessions: dict[str, tuple[int, str]] = field(default_factory=dict)
    """When each was created, and its name, by id."""
    rows: dict[str, PaneRow] = field(default_factory=dict)
    """By the records that told them."""


def read(block: bytes, mark: str, known: KnownPanes | None = None) -> dict[str, PaneRow]:
    """Read the answer to `question(mark)`: rows by pane id.

    A pane that several sessions share (linked windows, session groups) is listed once, under its oldest session.
    With `known`, a pane of which nothing changed since the reading before is the same object again.
    """
    text = block.decode("utf-8", "replace").replace(f"{mark}=", "\0")  # no name in tmux can hold a NUL
    head, *records = text.split(mark + mark)
    if head:
        raise UnreadableListing(f"{head[:40]!r} before the first record")
    sessions = dict(_session(record) for record in records if record.startswith("$"))
    before = known.rows if known is not None and known.sessions == sessions else {}
    fresh: dict[str, PaneRow] = {}
    rows: dict[str, PaneRow] = {}
    for record in records:
        if (row := before.get(record)) is None:
            if record.startswith(("$", "!")):
                continue
            row = _row(record, sessions)
        fresh[record] = row
        other = rows.setdefault(row.pane, row)
        if other is not row and int(row.session_id[1:]) < int(other.session_id[1:]):
            rows[row.pane] = row
    if known is not None:
        known.sessions, known.rows = sessions, fresh
    typed = _typed(record for record in records if record.startswith("!"))
    rows.update((pane, rows[pane]._replace(typed=second)) for pane, second in typed.items() if pane in rows)
    return rows


def _typed(records: Iterable[str]) -> dict[str, int]:
    """When a person last pressed a key, by the pane that it went to; a control client is nobody."""
    typed: dict[str, int] = {}
    for record in records:
        try:
            control, second, *shown = record[1:].split()
            for pane in shown if control != "1" else ():  # one that is just attaching shows none
                typed[pane] = max(int(second), typed.get(pane, 0))
        except ValueError:
            raise UnreadableListing(f"{record!r} is no client") from None
    return typed


def _session(record: str) -> tuple[str, tuple[int, str]]:
    try:
        figures, name = record.removesuffix("\n").split("\0")
        session_id, created = figures.split(" ")
        return session_id, (int(created), name)
    except ValueError:
        raise UnreadableListing(f"{record!r} is no session") from None


def _row(record: str, sessions: Mapping[str, tuple[int, str]]) -> PaneRow:
    fixed, *names = record.removesuffix("\n").split("\0")
    if len(names) == len(_NAMES) - _LASTING:
        names += [""] * _LASTING
    pane, session_id, window_id, *numbers = fixed.split(" ")
    try:
        (index, panes, active, pid, width, height, x, y, dead, alternate, mode, history, activity) = [
            int(number or 0)
            for number in numbers  # tmux prints nothing for some that are 0
        ]
        window, title, tty, command = names
        created, session = sessions[session_id]
    except (ValueError, KeyError):  # a pane whose session was not there a moment before is no answer either
        raise UnreadableListing(f"{record!r} is no pane") from None
    return PaneRow(
        pane=pane,
        session_id=session_id,
        window_id=window_id,
        session_created=created,
        window_index=index,
        window_panes=panes,
        active=bool(active),
        pid=pid,
        width=width,
        height=height,
        cursor_x=x,
        cursor_y=y,
        dead=bool(dead),
        alternate=bool(alternate),
        in_mode=bool(mode),
        history=history,
        activity=activity,
        session=session,
        window=window,
        title=title,
        command=command,
        tty=tty,
    )
