"""Screens of several CLIs drawn by kind: dialogs in the frames that CLIs use, at any width, with or without colour.

Text wraps at word ends as a terminal interface wraps it; what stands in a frame is padded to it. Nothing here was
copied from a CLI but its own signs.
"""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTHS = (40, 60, 80, 120, 200)
DIM, PLAIN, BOLD = "\x1b[2m", "\x1b[0m", "\x1b[1m"


class Drawn(NamedTuple):
    """A CLI as far as it matters here: its processes, its title, and what it printed before."""

    processes: tuple[str, ...]
    title: str
    transcript: tuple[str, ...]


_KINDS = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
CLIS = {
    name: Drawn(tuple(cli["processes"]), cli["title"], tuple(cli["transcript"])) for name, cli in _KINDS["clis"].items()
}
DIALOGS: dict[str, tuple[str, ...]] = {name: tuple(rows) for name, rows in _KINDS["dialogs"].items()}
ABOVE_COMPOSER: dict[str, dict[str, dict[str, list[str]]]] = {
    state: _KINDS[state] for state in ("busy", "error", "idle")
}
"""By state, CLI and kind."""


def wrapped(rows: Sequence[str], width: int) -> list[str]:
    """Rows no wider than that, each continued under its own indent."""
    done: list[str] = []
    for row in rows:
        indent = " " * (len(row) - len(row.lstrip()))
        done += textwrap.wrap(row, width, initial_indent="", subsequent_indent=indent, drop_whitespace=True) or [""]
    return done


def bare(rows: Sequence[str], width: int) -> list[str]:
    """No frame at all."""
    return [f" {row}" if row else "" for row in wrapped(rows, width - 2)]


def boxed(rows: Sequence[str], width: int) -> list[str]:
    """A box with rounded corners."""
    inner = width - 4
    return [
        f"╭{'─' * (width - 2)}╮",
        *(f"│ {row:<{inner}} │" for row in wrapped(rows, inner)),
        f"╰{'─' * (width - 2)}╯",
    ]


def titled(rows: Sequence[str], width: int) -> list[str]:
    """A box with its first row in its upper border."""
    inner = width - 4
    title = f"─ {rows[0]} "[: width - 3]
    body = wrapped(rows[1:], inner)
    return [f"╭{title:─<{width - 2}}╮", *(f"│ {row:<{inner}} │" for row in body), f"╰{'─' * (width - 2)}╯"]


def square(rows: Sequence[str], width: int) -> list[str]:
    """A box with square corners, indented."""
    inner = width - 6
    body = (f" │ {row:<{inner}} │" for row in wrapped(rows, inner))
    return [f" ┌{'─' * (width - 4)}┐", *body, f" └{'─' * (width - 4)}┘"]


def ruled(rows: Sequence[str], width: int) -> list[str]:
    """Between two rules."""
    return ["─" * width, *bare(rows, width), "─" * width]


def under_rule(rows: Sequence[str], width: int) -> list[str]:
    """Below one rule."""
    return ["─" * width, *bare(rows, width)]


def barred(rows: Sequence[str], width: int) -> list[str]:
    """Along a bar."""
    return [f"  ┃  {row}".rstrip() for row in wrapped(rows, width - 6)]


FRAMES = {f.__name__: f for f in (bare, boxed, titled, square, ruled, under_rule, barred)}


def screen(cli: Drawn, rows: list[str], height: int = 30) -> str:
    """Draw the CLI's transcript, the rows that it shows now, and blank rows down to the bottom."""
    drawn = [*cli.transcript, *rows]
    return "\n".join([*drawn, *[""] * max(0, height - len(drawn))])


def coloured(text: str) -> str:
    """The same with colours: frames dim, the rest as it comes."""
    return "\n".join(
        f"{DIM}{row}{PLAIN}" if row.lstrip().startswith(tuple("╭╰─┌└")) else row for row in text.split("\n")
    )


def _rules(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: ["─" * width, sign, "─" * width, *below]


def _box(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: [f"╭{'─' * (width - 2)}╮", f"│ {sign:<{width - 4}} │", f"╰{'─' * (width - 2)}╯", *below]


def _square(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: [f" ┌{'─' * (width - 4)}┐", f" │ {sign:<{width - 6}} │", f" └{'─' * (width - 4)}┘", *below]


COMPOSERS: dict[str, Callable[[int], list[str]]] = {
    "claude": _rules("\u276f\xa0", "  ⏵⏵ accept edits on (shift+tab to cycle)"),
    "codex": lambda _: ["\u203a Ask Codex to do anything", "", "  gpt-5.5 high · ~/garden"],
    "gemini": _box(">   Type your message or @path/to/file", "~/garden (main)   no sandbox   gemini-2.5-pro"),
    "qwen": _rules(">   Type your message or @path/to/file", "  ? for shortcuts"),
    "copilot": _rules("\u276f ", " ctrl+c exit"),
    "pi": _rules("", "~/garden (main)", "↑12k ↓1.4k R9k $0.021 4.1%/200k (auto)   some-model"),
    "omp": lambda width: [f"╭── π  some-model | ◫ 4.1%/200k {'─' * max(0, width - 34)}╮", f"╰─ {' ' * (width - 6)} ─╯"],
    "cursor": _square("→ Add a follow-up", "  Composer 2 · 12%", "  ~/garden · main"),
    "droid": _box(">", "? for help"),
    "auggie": _box("\u203a Try 'how many beans?' or type / for commands", " ? to show shortcuts"),
    "antigravity": _rules("> ", "? for shortcuts                         some-model"),
    "goose": lambda _: ["( O)> "],
}
"""An empty composer of each of these CLIs, with what stands below it."""


def with_composer(name: str, rows: Sequence[str], width: int) -> str:
    """Draw the CLI's transcript, these rows, and its empty composer."""
    cli = CLIS[name]
    return screen(cli, [*wrapped(rows, width), "", *COMPOSERS[name](width)])
