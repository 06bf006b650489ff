"""Whom somebody is busy with already: a person at the keys, or the manager that works on a pane. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from modular.memory import AgentMemory
from modular.reading.discovery import Sighting
from understudy import AgentState, PaneShot

PERSON_S: Final = 60.0
"""Who pressed a key in a pane within so many seconds is busy with it."""
_ROWS: Final = 15
"""So many rows up from the bottom, a manager's screen says what it does now."""
_TARGET: Final = re.compile(r"\btmux\b[^\n]*?\s-t\s*[\"']?=?([^\s\"';|&)]+)")
"""A command to tmux that is aimed at a pane or a window."""


def busy_with(
    sightings: Iterable[Sighting], agents: Mapping[str, AgentMemory], managers: Mapping[str, AgentMemory], now: float
) -> frozenset[str]:
    """Name the agents, by identity, whom a person or the manager of their session is busy with."""
    shots = {one.key: one.shot for one in sightings}
    targets = {
        session: found
        for session, manager in managers.items()
        if manager.state is AgentState.BUSY and (found := _targets(shots[manager.key], session))
    }
    typed = {key for key, shot in shots.items() if shot.typed_at is not None and now - shot.typed_at < PERSON_S}
    named = (
        {key for key, shot in shots.items() if shot.session in targets and _named(shot, targets)} if targets else set()
    )
    return frozenset((typed | named) & agents.keys())


def _targets(shot: PaneShot, session: str) -> frozenset[str]:
    """What a manager's latest commands are aimed at: panes, and windows with their session."""
    if "tmux" not in shot.text:
        return frozenset()
    rows = [row for row in shot.text.split("\n") if row.strip()][-_ROWS:]
    found = (match[1] for row in rows for match in _TARGET.finditer(row))
    return frozenset(one if one.startswith("%") else _with_session(one, session) for one in found)


def _with_session(target: str, session: str) -> str:
    name, colon, window = target.partition(":")
    window = (window if colon else name).partition(".")[0]
    return f"{name if colon and name else session}:{window}"


def _named(shot: PaneShot, targets: Mapping[str, frozenset[str]]) -> bool:
    names = {shot.pane, f"{shot.session}:{shot.window_index}", f"{shot.session}:{shot.window}"}
    return not names.isdisjoint(targets[shot.session])
