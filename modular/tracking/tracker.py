"""From one look to the next: since when, which kind of idle, who is gone. Pure."""

from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Final

from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting
from modular.tracking.flapping import flips, left
from understudy import AgentState, IdleDetail, PaneShot

CRASH_LOOKS: Final = 3
"""How many looks in a row make a crash certain; more are not counted."""
FORGET_S: Final = 24 * 3600.0
"""Seconds after which an agent whose pane is gone is forgotten."""


def digest(text: str) -> str:
    """Name a text by its content, in 16 hexadecimal digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def track(before: AgentMemory | None, sighting: Sighting, reading: Reading, now: float) -> AgentMemory:
    """Take one reading of an agent into what is remembered of it; returns `before` itself if nothing changed."""
    shot = sighting.shot
    screen = digest(shot.text)
    turn = digest(reading.turn) if reading.turn else ""
    same_state = before is not None and before.state is reading.state
    crashed = reading.state is AgentState.CRASHED
    after = AgentMemory(
        pane=shot.pane,
        pid=shot.pid,
        session=shot.session,
        window=shot.window,
        role=sighting.role,
        agent=reading.agent,
        state=reading.state,
        detail=_idle_detail(before, reading, screen),
        since=before.since if same_state and before is not None else now,
        rule=reading.rule,
        screen=screen,
        crash_looks=min(CRASH_LOOKS, (before.crash_looks if before is not None else 0) + 1) if crashed else 0,
        turn=turn,
        left=left(before, reading.state, now),
        flips=flips(before, reading.state, turn, screen, now),
    )
    same = before is not None and before.screen == screen and after == before  # mostly the screen tells, at once
    return before if before is not None and same else after


def lose(gone: Mapping[str, AgentMemory], panes: Collection[PaneShot], now: float) -> dict[str, AgentMemory]:
    """What becomes of remembered agents that are not there, where these panes are: missing, in the end forgotten.

    Nobody misses an agent whose pane lives on under another process, or that had crashed before it was closed.
    """
    if not gone:
        return {}
    names = {shot.pane for shot in panes}
    lost: dict[str, AgentMemory] = {}
    for key, agent in gone.items():
        if agent.pane in names or agent.state is AgentState.CRASHED:
            continue
        if agent.missing_since is None:
            lost[key] = agent.model_copy(update={"missing_since": now})
        elif now - agent.missing_since < FORGET_S:
            lost[key] = agent
    return lost


def _idle_detail(before: AgentMemory | None, reading: Reading, screen: str) -> IdleDetail | None:
    if reading.state is not AgentState.IDLE:
        return None
    if reading.detail is not None:
        return reading.detail
    still = before is not None and before.state is AgentState.IDLE and before.screen == screen
    return IdleDetail.CONTINUOUSLY if still else IdleDetail.NEWLY
