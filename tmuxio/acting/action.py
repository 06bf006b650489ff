"""The results of the actuator and its guard, and the one command that checks a pane and acts on it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tmuxio.acting.last_check import all_of
from understudy.intents import Key
from understudy.screens import Frame, PaneShot
from understudy.shells import is_shell

YES: Final = "done"
GONE: Final = "the pane is gone"
STOPPED: Final = "the process in front is stopped"


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of an attempt to act on a pane."""

    done: bool
    why: str = ""
    """The hindrance, as a sentence; empty where it was done."""
    certain: bool = True
    """False where the server stopped answering or died with the key on its way: it may have been pressed."""
    typed: bool = field(default=False, compare=False)
    """tmux took a text for the pane, and it was neither sent nor withdrawn: it must not be typed again."""
    changed: bool = field(default=False, compare=False)
    """The pane changed between the look and the key: it may be looked at again at once."""
    pane: str | None = None
    """The pane that was opened, by `spawn` alone."""
    pid: int | None = None
    """Its process."""


@dataclass(frozen=True, slots=True)
class Veto:
    """A refusal of the guard."""

    why: str


Guard = Callable[[PaneShot, Frame], Veto | None]
"""Judges the very frame on which a key is about to be pressed; None allows it. Called before every single key."""

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.+-]+")


def one_line(text: str) -> str:
    """Fold line ends, tabs and control characters into single blanks: no typed character may act by itself."""
    return _BLANKS.sub(" ", text).strip()


def quoted(word: str) -> str:
    """Quote an argument for tmux's command parser, which then takes every character of it literally."""
    return "'" + word.replace("'", "'\\''") + "'"


def objection(shot: PaneShot, pid: int, *, agent: bool) -> str:
    """Return the hindrance to acting on a pane that looks like this; "" for none. `agent`: one must be in front."""
    faults = (
        (shot.vanished, GONE),
        (shot.pid != pid, f"another process runs in the pane: {shot.pid} and not {pid}"),
        (shot.in_mode, "the pane is in copy mode, or in another of tmux's own"),
        (agent and shot.dead, "the process in the pane has ended"),
        (agent and not shot.processes, "the processes of the pane cannot be read: the program in front is unknown"),
        (agent and only_shells(shot.processes), f"no agent is in front: {' > '.join(shot.processes)}"),
    )
    return next((why for wrong, why in faults if wrong), "")


def only_shells(processes: tuple[str, ...]) -> bool:
    """Return whether nothing but shells runs in a pane."""
    return all(map(is_shell, processes))


def typing(clients: str, place: str, now: float, quiet_s: float) -> bool:
    """Return whether a person looks at a place (a pane's or window's id) and pressed a key there recently.

    `clients` are lines of activity (seconds since the epoch, cut to whole ones by tmux) and the place that each shows.
    """
    seen = (line.partition(" ") for line in clients.splitlines())
    return any(shown == place and now - (int(active) + 1) < quiet_s for active, _, shown in seen)


def send_text(pane: str, text: str) -> str:
    """Return the command that types a line, without ending it."""
    return f"send-keys -t {pane} -l -- {quoted(text)}"


def send_key(pane: str, key: Key) -> str:
    """Return the command that presses one of the named keys."""
    return f"send-keys -t {pane} {Key(key).value}"


def erase(pane: str, count: int) -> str:
    """Return the command that takes so many characters away before the cursor."""
    return f"send-keys -t {pane} -N {count:d} BSpace"


def open_window(session_id: str, index: int | None, name: str) -> str:
    """Return the command that opens a window behind the others and prints its pane and that pane's process."""
    place = quoted(f"{session_id}:{'' if index is None else index}")
    label = quoted(one_line(name).replace("#", "##"))  # tmux would expand formats in it
    return f"new-window -d -P -F '#{{pane_id}} #{{pane_pid}}' -t {place} -n {label}"


def if_unchanged(shot: PaneShot, act: str, *, keys: bool = True, front: bool = True, still: Sequence[str] = ()) -> str:
    """Return the command that acts on a pane only if it is still as it was seen: tmux checks and acts in one step.

    It prints `YES` after the action, or how the pane is instead. `keys`: the action presses keys, which must reach this
    pane and no other. `front`: the same program must be in front. `still`: more formats that must be true.
    """
    conditions = [f"#{{==:#{{pane_pid}},{shot.pid}}}", "#{?pane_in_mode,0,1}"]
    if keys:
        conditions += ["#{?pane_dead,0,1}", "#{?pane_input_off,0,1}", "#{?pane_synchronized,0,1}"]
    if front and _PLAIN_WORD.fullmatch(shot.command):
        conditions.append(f"#{{==:#{{pane_current_command}},{shot.command}}}")
    whole = all_of([*conditions, *still])
    instead = ", ".join(
        f"{word} #{{{name}}}"
        for word, name in (
            ("process", "pane_pid"),
            ("mode", "pane_in_mode"),
            ("dead", "pane_dead"),
            ("input off", "pane_input_off"),
            ("synchronised", "pane_synchronized"),
            ("command", "pane_current_command"),
            ("window", "window_id"),
            ("its panes", "window_panes"),
            ("cursor", "cursor_x"),
            ("row", "cursor_y"),
        )
    )
    pane = shot.pane
    otherwise = f"display-message -p -t {pane} '{instead}'"
    return f"if-shell -F -t {pane} '{whole}' {{ {act} ; display-message -p {YES} }} {{ {otherwise} }}"


def same_window(shot: PaneShot) -> list[str]:
    """Return formats that are true while a pane is in the window, and among as many panes, as it was seen."""
    return [f"#{{==:#{{window_id}},{shot.window_id}}}", f"#{{==:#{{window_panes}},{shot.window_panes}}}"]
