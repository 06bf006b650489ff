"""The screen of a new case and what else is known of its pane: from a tmux server, a file, or a paste."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError

_GAP_S: Final = 0.3
"""Between two frames of a pane, as the monitor takes them."""
_PATIENCE_S: Final = 5.0


class NoScreen(Exception):
    """There is no such screen; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A screen, or some frames of one, with what is known of the pane."""

    source: str
    """The word for it in the name of a case: `pane`, `pasted`, or the stem of a file."""
    screens: tuple[str, ...]
    processes: tuple[str, ...] = ()
    title: str = ""
    command: str = ""
    window: str = ""
    size: tuple[int, int] | None = None
    cursor: tuple[int, int] | None = None


def seen(source: str, address: ServerAddress, frames: int) -> Seen:
    """Read what `source` names: `-` for standard input, a file, or a pane; raises `NoScreen`."""
    if source == "-":
        return _checked("pasted", sys.stdin.buffer.read())
    path = Path(source)
    if path.is_file():
        return _checked(path.stem, path.read_bytes())
    if source.startswith("%") or ":" in source:
        return _pane(source, address, frames)
    raise NoScreen(f"there is no file {source}; a pane is written %12 or session:window.pane")


def _checked(source: str, content: bytes) -> Seen:
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    if not text.strip():
        raise NoScreen("the screen is empty: paste what `tmux capture-pane -p -e -t PANE` prints")
    return Seen(source, (text,))


def _pane(target: str, address: ServerAddress, frames: int) -> Seen:
    pane = target if target.startswith("%") else _pane_id(target, address)
    reader, shots = Reader(address), []
    for number in range(frames):
        if number:
            time.sleep(_GAP_S)
        try:
            shot = reader.frame((pane,)).by_pane.get(pane)
        except TmuxError as error:
            raise NoScreen(f"the tmux server at {address} does not answer: {error}") from error
        if shot is None or shot.vanished:
            raise NoScreen(f"there is no pane {pane} on the server at {address}: `tmux list-panes -a` lists them")
        shots.append(shot)
    last = shots[-1]
    return Seen(
        "pane",
        _without_repeats([shot.ansi for shot in shots]),
        last.processes,
        last.title,
        last.command,
        last.window,
        (last.width, last.height),
        (last.cursor_x, last.cursor_y),
    )


def _without_repeats(screens: Sequence[str]) -> tuple[str, ...]:
    return tuple(screens) if len(set(screens)) > 1 else (screens[-1],)


def _pane_id(target: str, address: ServerAddress) -> str:
    command = ["tmux", "-S", str(address), "display-message", "-p", "-t", target, "#{pane_id}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoScreen(f"tmux does not answer: {error}") from error
    if done.returncode or not done.stdout.strip():
        raise NoScreen(f"tmux finds no pane {target}: {done.stderr.strip() or 'it says nothing'}")
    return done.stdout.strip()
