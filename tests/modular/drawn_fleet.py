"""A fleet that tests draw by hand: panes, frames, and eyes that see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy import Frame, PaneShot

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from understudy import VirtualClock

RULE = "─" * 60
SIGN = "\u276f"
"""Claude Code's prompt sign."""
IDLE = f"● Done.\n\n✻ Baked for 3s\n\n{RULE}\n{SIGN} \n{RULE}\n  ? for shortcuts\n"
BUSY = f"{SIGN} tidy up\n\n✻ Kneading… (4s · ↓ 12 tokens · esc to interrupt)\n\n{RULE}\n{SIGN} \n{RULE}\n"
DRAFT = f"● Done.\n\n{RULE}\n{SIGN} please look at the parser\n{RULE}\n"
OURS = DRAFT.replace("please", "[u-7f3a] please")
"""Typed by the harness, and never sent."""
APPROVAL = f" Do you want to proceed?\n {SIGN} 1. Yes\n   2. No\n\n Esc to cancel\n"
SHELL = "Killed\nme@box:~/p$ \n"


def pane(name: str = "%1", screen: str = IDLE, **changes: object) -> PaneShot:
    """One pane of a team, with Claude Code in it unless told otherwise."""
    fields: dict[str, object] = {
        "pane": name,
        "pid": 1000 + int(name[1:]),
        "session": "team",
        "session_id": "$1",
        "session_created": 1,
        "window_id": "@" + name[1:],
        "window_index": int(name[1:]),
        "window": "claude-worker",
        "processes": ("bash", "claude"),
        "ansi": screen,
    }
    return PaneShot.model_validate(fields | changes)


def manager(name: str = "%9", screen: str = BUSY, **changes: object) -> PaneShot:
    """The team's manager, at work unless told otherwise."""
    return pane(name, screen, **({"window": "Claude-pm"} | changes))


class DrawnSource:
    """Eyes before which a test puts frames; counts how often they looked."""

    def __init__(self, clock: VirtualClock, *frames: Sequence[PaneShot]) -> None:
        self._clock = clock
        self.frames = list(frames)
        self.looks: list[tuple[int, Collection[str] | None]] = []

    def show(self, *panes: PaneShot) -> None:
        """From now on, see these panes, standing still."""
        self.frames = [panes] * 4

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        self.looks.append((frames, panes))
        now = self._clock.now()
        shown = self.frames[-frames:]
        return [Frame(at=now - gap_s * (len(shown) - 1 - index), panes=tuple(seen)) for index, seen in enumerate(shown)]
