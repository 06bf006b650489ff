"""Who watches the demo: a person at a terminal, a log, or a program. The only code of the demo's faces that writes."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Final, Protocol

from rollout.faces.demo.display import ROWS, WIDTH, clock, picture, progress_line, summary
from rollout.faces.demo.view import DemoEvent, DemoOutcome, DemoView, EventKind

_EVERY_S: Final = 10.0
"""Seconds between two lines of progress where there is no picture."""


class Renderer(Protocol):
    """Is shown views and told events, and in the end how it went."""

    def show(self, view: DemoView) -> None:
        """Look at the newest view; called about once a second."""
        ...

    def tell(self, event: DemoEvent) -> None:
        """Hear that something happened."""
        ...

    def end(self, outcome: DemoOutcome, hints: Sequence[str]) -> None:
        """See how it ended, and what to type next; called once, also after a failure."""
        ...


class TerminalRenderer:
    """A person: a picture that is drawn anew in place, then the summary."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - rich's own start is for those who see it
        from rich.live import Live  # noqa: PLC0415

        self._console = Console(highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._told: list[str] = []

    def show(self, view: DemoView) -> None:
        """Draw the view."""
        if not self._live.is_started:
            self._live.start()
        self._live.update(picture(view, min(self._console.width, 100)), refresh=True)

    def tell(self, event: DemoEvent) -> None:
        """Leave a line above the picture; what the picture shows anyway is left out."""
        if event.told is not EventKind.PROGRESS:
            self._console.print(f"{clock(event.elapsed_s)} {event.text}", markup=False, style="dim", soft_wrap=False)

    def end(self, outcome: DemoOutcome, hints: Sequence[str]) -> None:
        """Take the picture away and say how it ended."""
        self._live.stop()
        for line in ["", *summary(outcome, hints, self._console.width)]:
            self._console.print(line, markup=False, soft_wrap=True)


class LogRenderer:
    """A log, or whatever a pipe leads to: one line an event, a line of progress now and then."""

    def __init__(self) -> None:
        self._shown_s = 0.0

    def show(self, view: DemoView) -> None:
        """Write a line of progress if the last one is some time ago."""
        if view.elapsed_s - self._shown_s >= _EVERY_S:
            self._shown_s = view.elapsed_s
            _write(progress_line(view))

    def tell(self, event: DemoEvent) -> None:
        """Write it down."""
        _write(f"{clock(event.elapsed_s)} {event.text}")

    def end(self, outcome: DemoOutcome, hints: Sequence[str]) -> None:
        """Write the summary."""
        for line in ["", *summary(outcome, hints)]:
            _write(line)


class JsonRenderer:
    """A program: JSON Lines, the last of them `demo.done`."""

    def __init__(self) -> None:
        self._shown_s = 0.0

    def show(self, view: DemoView) -> None:
        """Write a `demo.progress` event if the last one is some time ago."""
        if view.elapsed_s - self._shown_s >= _EVERY_S:
            self._shown_s = view.elapsed_s
            facts = {
                "stage": view.stage,
                "state": view.state,
                "exposure_percent": view.exposure_percent,
                "cycles": view.cycles,
                "bouts": view.bouts,
            }
            self.tell(DemoEvent(EventKind.PROGRESS, view.elapsed_s, progress_line(view), facts))

    def tell(self, event: DemoEvent) -> None:
        """Write the event."""
        _write(json.dumps(event.as_json(), ensure_ascii=False))

    def end(self, outcome: DemoOutcome, hints: Sequence[str]) -> None:
        """Write the last line."""
        facts = {
            "stages": list(outcome.stages),
            "rolled_back": outcome.rolled_back,
            "ok": outcome.whole,
            "trouble": outcome.trouble or None,
            "transitions": [
                {
                    "at_s": round(step.at_s, 1),
                    "from": step.before,
                    "to": step.after,
                    "actor": step.actor,
                    "reason": step.reason,
                }
                for step in outcome.steps
            ],
            "report": outcome.report or None,
            "next": list(hints),
        }
        self.tell(DemoEvent(EventKind.DONE, outcome.elapsed_s, "", facts))


def choose_renderer(*, as_json: bool) -> Renderer:
    """Choose by what standard output is; a terminal too small for the picture gets lines."""
    if as_json:
        return JsonRenderer()
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return LogRenderer()
    width, height = os.get_terminal_size(sys.stdout.fileno())
    return TerminalRenderer() if width >= WIDTH and height > ROWS else LogRenderer()


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
