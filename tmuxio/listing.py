"""The list of all panes: the question, and its answer whatever the names in it contain."""

from dataclasses import dataclass
from typing import Final

_NUMBERS: Final = (
    "session_created",
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
_NAMES: Final = ("session_name", "window_name", "pane_title", "pane_tty", "pane_current_command")
"""Free text, which may contain anything: each stands alone behind its own mark. tmux reads /proc for the last one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pane as `list-panes` tells it; see `contract.screens.PaneShot` for the meanings."""

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
    cursor_x: int
    cursor_y: int
    dead: bool
    alternate: bool
    in_mode: bool
    history: int
    activity: int
    """When anything was last printed in its window: seconds since the epoch, as whole as tmux keeps it."""
    session: str
    window: str
    title: str
    command: str
    tty: str


class Unreadable(ValueError):
    """An answer that is no list of panes."""


def question(mark: str, *, commands: bool = True) -> str:
    """Ask for all panes of a server; `mark` is a word that no name in the list can contain.

    Without `commands` nobody's command is told, and the list costs tmux a third less.
    """
    fixed = " ".join(f"#{{{name}}}" for name in _IDS + _NUMBERS)
    # the "=" keeps two marks apart where a name between them is empty: two at a stretch begin a pane
    free = "".join(f"{mark}=#{{{name}}}" for name in (_NAMES if commands else _NAMES[:-1]))
    return f"list-panes -a -F '{mark}{mark}{fixed}{free}'"


def read(block: bytes, mark: str, known: dict[str, Row] | None = None) -> dict[str, Row]:
    """Read the answer to `question(mark)`: rows by pane id.

    A pane that several sessions share (linked windows, session groups) is listed once, under its oldest session.
    `known` keeps the rows of one reading for the next: a pane of which nothing changed is the same object again.
    """
    rows: dict[str, Row] = {}
    fresh: dict[str, Row] = {}
    head, *records = block.decode("utf-8", "replace").split(mark + mark)
    if head:
        raise Unreadable(f"{head[:40]!r} before the first pane")
    for line in records:
        record = line.removesuffix("\n").replace(f"{mark}=", "\0")  # no name in tmux can hold a NUL
        if known is None or (row := known.get(record)) is None:
            row = _row(record)
        fresh[record] = row
        if (other := rows.get(row.pane)) is None or int(row.session_id[1:]) < int(other.session_id[1:]):
            rows[row.pane] = row
    if known is not None:
        known.clear()
        known.update(fresh)
    return rows


def _row(record: str) -> Row:
    fixed, *names = record.split("\0")
    if len(names) == len(_NAMES) - 1:
        names.append("")
    pane, session_id, window_id, *numbers = fixed.split(" ")
    try:
        (created, index, panes, active, pid, width, height, x, y, dead, alternate, mode, history, activity) = (
            int(number or 0)
            for number in numbers  # tmux prints nothing for some that are 0
        )
        session, window, title, tty, command = names
    except ValueError:
        raise Unreadable(f"{record!r} is no pane") from None
    return Row(
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
