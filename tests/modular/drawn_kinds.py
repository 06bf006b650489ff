"""Screens of several CLIs drawn by kind: a dialog in one of the frames that CLIs use, at any width, with or without colour.

Text wraps at word ends as a terminal interface wraps it; what stands in a frame is padded to it. Nothing here was copied
from a CLI but its own signs.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

WIDTHS = (40, 60, 80, 120, 200)
DIM, PLAIN, BOLD = "\x1b[2m", "\x1b[0m", "\x1b[1m"


class Drawn(NamedTuple):
    """A CLI as far as it matters here: its processes, its title, and what it printed before."""

    processes: tuple[str, ...]
    title: str
    transcript: tuple[str, ...]


CLIS = {
    "claude": Drawn(("bash", "claude"), "✳ Beans", ("❯ count the beans", "", "● There are 412 of them.", "")),
    "codex": Drawn(("bash", "node", "codex"), "garden", ("› count the beans", "", "• There are 412 of them.", "")),
    "gemini": Drawn(("bash", "node"), "Gemini - garden", (" > count the beans", "", "✦ There are 412 of them.", "")),
    "qwen": Drawn(("bash", "node"), "Qwen - garden", ("  > count the beans", "", "  ◆ There are 412.", "")),
    "copilot": Drawn(("bash", "copilot"), "", (" ❯ count the beans", "", " ● There are 412 of them.", "")),
    "pi": Drawn(("bash", "pi"), "π - garden", (" count the beans", "", " There are 412 of them.", "")),
    "omp": Drawn(("bash", "bun", "omp"), "π > garden", (" count the beans", "", " There are 412 of them.", "")),
    "opencode": Drawn(("bash", "opencode"), "OC | Beans", ("  ┃  count the beans", "", "     There are 412.", "")),
    "cursor": Drawn(("bash", "cursor-agent"), "Cursor Agent", ("  count the beans", "", "  There are 412.", "")),
    "droid": Drawn(("bash", "droid"), "", (">  count the beans", "", "⛬  There are 412 of them.", "")),
    "amp": Drawn(("bash", "amp"), "amp - garden", ("┃ count the beans", "", "There are 412 of them.", "")),
    "kimi": Drawn(("bash", "kimi"), "", ("✨ count the beans", "", "• There are 412 of them.", "")),
    "kiro": Drawn(("bash", "kiro-cli", "kiro-cli-chat"), "", (" count the beans", "", " ● There are 412.", "")),
    "grok": Drawn(("bash", "grok"), "beans - grok", ("     ❯ count the beans", "", "     There are 412.", "")),
    "auggie": Drawn(("bash", "node", "auggie"), "", (" › count the beans", "", " ● There are 412 of them.", "")),
    "antigravity": Drawn(("bash", "agy"), "", ("> count the beans", "", "  There are 412 of them.", "")),
    "goose": Drawn(("bash", "goose"), "", ("( O)> count the beans", "", "There are 412 of them.", "")),
    "unseen": Drawn(("bash", "node"), "garden", ("> count the beans", "", "There are 412 of them.", "")),
}

DIALOGS = {
    "allow_tool_private_use_marker": (
        "Allow tool: bash",
        "Command: rm -rf build",
        "",
        "\ue0b1 Approve",
        "  Deny",
        "",
        "up/down navigate  enter select  esc cancel",
    ),
    "allow_tool_without_keys": ("Allow tool: bash", "Command: rm -rf build", "", "❯ Approve", "  Always approve", "  Deny"),
    "session_scope": ("MCP: github wants to run create_issue", "", "→ Allow once", "  Allow for session", "  Deny"),
    "letters": ("Run rm -rf build?", "", "[y] Yes   [n] No   [a] Always"),
    "letters_in_words": ("Run this command? rm -rf build", "(y)es  (n)o  (a)lways  (e)dit"),
    "boxes_to_tick": (
        "Which checks shall run?",
        "",
        "❯ ☐ unit tests",
        "  ☑ lint",
        "  ☐ types",
        "",
        "Space to toggle · Enter to confirm · Esc to cancel",
    ),
    "question_with_arrows": (
        "Which branch is this for?",
        "❯ main",
        "  release",
        "(Use arrow keys to navigate, Enter to select)",
    ),
    "free_text": ("Which journal is this for?", "", "> _", "", "Enter to submit · Esc to skip"),
    "elicitation": (
        'MCP server "tracker" requests your input',
        "Which project should the issue go to?",
        "",
        "Project: garden",
        "Priority: (not set)",
        "",
        "Accept   Decline   Cancel",
        "↑↓ navigate · Enter to accept · Esc to cancel",
    ),
    "paste_code": (
        "Browser didn't open? Use the url below to sign in:",
        "",
        "https://auth.example.org/o?x=1",
        "",
        "Paste code here if prompted >",
    ),
    "device_login": (
        "To sign in, visit https://example.org/login/device",
        "and enter the code ABCD-1234",
        "",
        "⠋ Waiting for authorization...",
    ),
    "open_browser": ("You are not signed in.", "Press Enter to open the browser and sign in."),
    "api_key": ("Enter your API key:", "> ", "Press Enter to submit, Esc to go back"),
    "trust": (
        "Do you trust the files in this folder?",
        "/srv/garden",
        "",
        "❯ Yes, continue",
        "  No, exit",
        "",
        "Enter to confirm · Esc to exit",
    ),
    "plan": (
        "Ready to build with this plan?",
        "1. Empty the jar",
        "2. Count again",
        "",
        "▶ Approve and start",
        "  Keep planning",
        "  Reject",
        "↑↓ choose  ↵ confirm  esc cancel",
    ),
    "theme": (
        "Choose the text style that looks best",
        "",
        "❯ Dark mode ✔",
        "  Light mode",
        "  Dark mode (colorblind-friendly)",
        "",
        "Enter to select",
    ),
    "update": ("Update available: 2.1.0 → 2.2.0", "", "❯ Update now", "  Skip", "  Skip until next version", "", "Press Enter to continue"),
    "buttons": ("Permission required", "Tool: bash", "rm -rf build", "", "  Allow    Allow for Session    Deny"),
    "numbers": ("Do you want to proceed?", "❯ 1. Yes", "  2. No, tell it what to do differently"),
    "any_key": ("The configuration was migrated.", "Press any key to continue..."),
    "resume": (
        "Resume a session",
        "",
        "❯ Tighten the retry loop",
        "  2 hours ago · 41 messages",
        "  Count the ledgers",
        "  1 day ago · 12 messages",
        "",
        "Type to search · Enter to resume · Esc to cancel",
    ),
}


def wrapped(rows: tuple[str, ...], width: int) -> list[str]:
    """Rows no wider than that, each continued under its own indent."""
    done: list[str] = []
    for row in rows:
        indent = " " * (len(row) - len(row.lstrip()))
        done += textwrap.wrap(row, width, initial_indent="", subsequent_indent=indent, drop_whitespace=True) or [""]
    return done


def bare(rows: tuple[str, ...], width: int) -> list[str]:
    """No frame at all."""
    return [f" {row}" if row else "" for row in wrapped(rows, width - 2)]


def boxed(rows: tuple[str, ...], width: int) -> list[str]:
    """A box with rounded corners."""
    inner = width - 4
    return [f"╭{'─' * (width - 2)}╮", *(f"│ {row:<{inner}} │" for row in wrapped(rows, inner)), f"╰{'─' * (width - 2)}╯"]


def titled(rows: tuple[str, ...], width: int) -> list[str]:
    """A box with its first row in its upper border."""
    inner = width - 4
    title = f"─ {rows[0]} "[: width - 3]
    body = wrapped(rows[1:], inner)
    return [f"╭{title:─<{width - 2}}╮", *(f"│ {row:<{inner}} │" for row in body), f"╰{'─' * (width - 2)}╯"]


def square(rows: tuple[str, ...], width: int) -> list[str]:
    """A box with square corners, indented."""
    inner = width - 6
    body = (f" │ {row:<{inner}} │" for row in wrapped(rows, inner))
    return [f" ┌{'─' * (width - 4)}┐", *body, f" └{'─' * (width - 4)}┘"]


def ruled(rows: tuple[str, ...], width: int) -> list[str]:
    """Between two rules."""
    return ["─" * width, *bare(rows, width), "─" * width]


def under_rule(rows: tuple[str, ...], width: int) -> list[str]:
    """Below one rule."""
    return ["─" * width, *bare(rows, width)]


def barred(rows: tuple[str, ...], width: int) -> list[str]:
    """Along a bar."""
    return [f"  ┃  {row}".rstrip() for row in wrapped(rows, width - 6)]


FRAMES = {f.__name__: f for f in (bare, boxed, titled, square, ruled, under_rule, barred)}


def screen(cli: Drawn, rows: list[str], height: int = 30) -> str:
    """What the CLI printed, what it shows now, and blank rows down to the bottom."""
    drawn = [*cli.transcript, *rows]
    return "\n".join([*drawn, *[""] * max(0, height - len(drawn))])


def coloured(text: str) -> str:
    """The same with colours: frames dim, the rest as it comes."""
    rows = []
    for row in text.split("\n"):
        rows.append(f"{DIM}{row}{PLAIN}" if row.strip()[:1] in "╭╰─┌└" and row.strip() else row)
    return "\n".join(rows)
