"""The recorder: shoots tapes of a whole server, which both monitors read."""

import re
from collections.abc import Callable

from tmuxio.reading.reader import Reader
from understudy.ports import Clock
from understudy.record import instant_text
from understudy.screens import Frame, PaneShot, Tape

Redact = Callable[[str, int | None], str]
"""Takes secrets out of a text that a pane of so many cells shows, keeping its length and its lines."""


class Recorder:
    """Shoots a few frames of every pane, one round trip each once it knows the panes."""

    def __init__(self, reader: Reader, clock: Clock, redact: Redact | None = None) -> None:
        self._reader = reader
        self._clock = clock
        self._redact = redact
        self._known: dict[tuple[str, int | None], str] = {}
        """What the texts of the last tape were redacted to: most screens are the same on many tapes."""

    def shoot(self, frames: int = 4, gap_s: float = 0.3) -> Tape:
        """Shoot so many frames whose starts are `gap_s` seconds apart, or as close to that as the server allows.

        The tape is named after its first instant. Raises a `TmuxError` where the server cannot be seen: a tape is
        whole, or there is none.
        """
        shot: list[Frame] = []
        for _ in range(frames):
            if shot:
                self._clock.sleep(shot[-1].at + gap_s - self._clock.now())
            shot.append(self._reader.frame())
        name = re.sub(r"[-:.]", "", instant_text(shot[0].at))
        if self._redact is not None:
            shot = self._redacted(shot, self._redact)
        return Tape(id=name, frames=tuple(shot))

    def _redacted(self, shot: list[Frame], redact: Redact) -> list[Frame]:
        known: dict[tuple[str, int | None], str] = {}

        def once(text: str, width: int | None) -> str:
            key = (text, width)
            if (answer := known.get(key)) is None:
                answer = known[key] = self._known[key] if key in self._known else redact(text, width)
            return answer

        frames = [Frame(at=frame.at, panes=tuple(redacted(one, once) for one in frame.panes)) for frame in shot]
        self._known = known
        return frames


def redacted(shot: PaneShot, redact: Redact) -> PaneShot:
    """Take the secrets out of a pane's screen, its title and its window's name."""
    return shot.model_copy(
        update={
            "ansi": redact(shot.ansi, shot.width),
            "title": redact(shot.title, None),
            "window": redact(shot.window, None),
        }
    )
