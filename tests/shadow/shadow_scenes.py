"""Scenes drawn by hand, watched by both monitors as they ship: what they really differ in."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shadow_cases import T0, shot

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from shadow.bout import Bout
from shadow.bouts import DEFAULT_RULES, BoutBook, ComparedLook, advance
from shadow.compare import compare
from shadow.differences import Difference
from shadow.expected import shipped
from tmuxio.sources import TapeClock, TapeSource
from understudy import CycleReport, Frame, Scope, Tape

RULE = "─" * 42
PIECES = {
    "{box}": f"╭{'─' * 40}╮\n│ > {' ' * 37}│\n╰{'─' * 40}╯\n  ? for shortcuts",
    "{rules}": f"{RULE}\n\u276f \n{RULE}",
}
FRAMES, GAP_S = 4, 0.3
PANES = {
    "worker": {"pane": "%1", "window": "claude-dev", "processes": ["bash", "claude"]},
    "manager": {
        "pane": "%9",
        "window": "claude-pm",
        "processes": ["bash", "claude"],
        "screen": "● Waiting.\n\n{box}\n",
    },
    "other": {"pane": "%2", "window": "claude-qa", "processes": ["bash", "claude"]},
}


def tapes(scene: dict[str, Any]) -> Iterator[Tape]:
    """Shoot a scene: a tape a look. A pane stays as it was until a look says otherwise, or that it is `gone`."""
    panes: dict[str, dict[str, Any]] = {"manager": PANES["manager"]}
    for look in scene["look"]:
        for name, change in look.items():
            if name != "at":
                panes[name] = {**panes.get(name, PANES.get(name, {})), "earlier": [], **change}
        open_bout = [pane for pane in panes.values() if not pane.get("gone")]
        at = T0 + look.get("at", 0)
        yield Tape(
            id=f"t-{at}",
            frames=tuple(
                Frame(at=at - GAP_S * back, panes=tuple(_shot(pane, back) for pane in open_bout))
                for back in reversed(range(FRAMES))
            ),
        )


def _shot(pane: dict[str, Any], back: int) -> Any:
    """One pane of one frame; `earlier` are its screens before the last, newest first."""
    fields = {name: value for name, value in pane.items() if name not in {"pane", "earlier", "screen", "gone"}}
    screens = [pane.get("screen", ""), *pane.get("earlier", [])]
    text = screens[min(back, len(screens) - 1)]
    for name, piece in PIECES.items():
        text = text.replace(name, piece)
    return shot(text, pane["pane"], **fields)


Seen = tuple[CycleReport, CycleReport, tuple[Difference, ...]]


def bouts_of(seen: Iterable[Seen]) -> list[Bout]:
    """Settle the bouts of a scene: a notice that stands for long shows in them, and in no single look."""
    book, found, at, register = BoutBook(), list[Bout](), 0.0, shipped()
    for ours, theirs, differences in seen:
        at = T0 + float(ours.cycle.removeprefix("c-"))
        look = ComparedLook(at=at, incumbent=ours, candidate=theirs, differences=differences)
        book, settled = advance(book, look, at, register=register)
        found += settled
    _, settled = advance(book, None, at + DEFAULT_RULES.at_latest_s, register=register)
    return [*found, *settled]


def watch(path: Path) -> Iterator[Seen]:
    """Let both monitors watch a scene from their first day; no hand is moved."""
    scene = tomllib.loads(path.read_text("utf-8"))
    incumbent, candidate = LegacyMonitor(), MonitorService()
    for tape in tapes(scene):
        cycle, source = f"c-{tape.at - T0}", TapeSource(tape)
        ours = incumbent.cycle(cycle, source, TapeClock(tape), Scope(), ())
        theirs = candidate.cycle(cycle, source, TapeClock(tape), Scope(), ())
        yield ours, theirs, compare(ours, theirs, shipped())
