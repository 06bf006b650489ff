"""Screens of several CLIs drawn by kind: a dialog in one of the frames that CLIs use, at any width, with or without colour.

Text wraps at word ends as a terminal interface wraps it; what stands in a frame is padded to it. Nothing here was copied
from a CLI but its own signs.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

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


def _rules(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: ["─" * width, sign, "─" * width, *below]


def _box(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: [f"╭{'─' * (width - 2)}╮", f"│ {sign:<{width - 4}} │", f"╰{'─' * (width - 2)}╯", *below]


def _square(sign: str, *below: str) -> Callable[[int], list[str]]:
    return lambda width: [f" ┌{'─' * (width - 4)}┐", f" │ {sign:<{width - 6}} │", f" └{'─' * (width - 4)}┘", *below]


COMPOSERS: dict[str, Callable[[int], list[str]]] = {
    "claude": _rules("❯\xa0", "  ⏵⏵ accept edits on (shift+tab to cycle)"),
    "codex": lambda _: ["› Ask Codex to do anything", "", "  gpt-5.5 high · ~/garden"],
    "gemini": _box(">   Type your message or @path/to/file", "~/garden (main)   no sandbox   gemini-2.5-pro"),
    "qwen": _rules(">   Type your message or @path/to/file", "  ? for shortcuts"),
    "copilot": _rules("❯ ", " ctrl+c exit"),
    "pi": _rules("", "~/garden (main)", "↑12k ↓1.4k R9k $0.021 4.1%/200k (auto)   some-model"),
    "omp": lambda width: [f"╭── π  some-model | ◫ 4.1%/200k {'─' * max(0, width - 34)}╮", f"╰─ {' ' * (width - 6)} ─╯"],
    "cursor": _square("→ Add a follow-up", "  Composer 2 · 12%", "  ~/garden · main"),
    "droid": _box(">", "? for help"),
    "auggie": _box("› Try 'how many beans?' or type / for commands", " ? to show shortcuts"),
    "antigravity": _rules("> ", "? for shortcuts                         some-model"),
    "goose": lambda _: ["( O)> "],
}
"""An empty composer of each of these CLIs, with what stands below it."""

AT_WORK = {
    "claude": {
        "shell_still_running": ("● Bash(npm run e2e)", "  ⎿  Running in the background (↓ to manage)", "", "✻ Cogitated for 6s · 1 shell still running"),
        "gerund_and_shells": ("✻ Churning for 53s · 2 shells still running",),
        "mcp_task_still_running": ("✻ Baked for 4m 9s · 1 MCP task still running",),
        "monitors_still_running": ("✻ Brewed for 1m 2s · 2 monitors still running",),
        "agents_and_shell": ("✻ Cooked for 12m 9s · 3 local agents still running",),
        "waits_for_agents": ("✻ Waiting for 2 background agents to finish",),
        "waits_for_agents_with_tree": ("✻ Waiting for 1 dynamic workflow to finish", "", "  ⎿  Explore: 12 tool uses"),
        "tool_runs": ("● Bash(make all)", "  ⎿  Running…"),
        "tool_runs_for": ("● Bash(make all)", "  ⎿  Running… (12s · timeout 2m)", "     (ctrl+b to run in background)"),
        "agent_tree": (
            "● Running 3 agents… (ctrl+o to expand)",
            "   ├─ Explore the jar · 12 tool uses · 45.2k tokens",
            "   │  ⎿  Read: beans.txt",
            "   └─ Count twice · 3 tool uses",
            "      ⎿  Initializing…",
            "     ctrl+b to run in background",
        ),
        "survey_below_status": (
            "✻ Tinkering… (1m 12s · ↓ 2.1k tokens)",
            "",
            "● How is Claude doing this session? (optional)",
            "  1: Bad    2: Fine   3: Good   0: Dismiss",
        ),
        "recap_below_status": ("✶ Counting… (41s · ↑ 900 tokens)", "", "※ recap: the jar was emptied and counted twice"),
        "queued_below_status": ("✳ Counting… (12s · ↓ 300 tokens)", "", "❯ and the peas, please", "  and the lentils"),
        "tip_below_status": ("✽ Counting… (12s)", "Tip: Use /btw to ask something beside"),
        "todo_below_status": ("· Counting beans… (2m 18s · ↓ 4.8k tokens)", "  ⎿  ◻ Empty the jar", "     ◼ Count twice"),
        "tasks_at_the_margin": ("✢ Counting… (9s · thinking)", "5 tasks (1 done, 1 in progress, 3 open)", "◻ Empty the jar", "◼ Count twice"),
        "stop_hooks": ("✻ Counting… (running stop hooks… 0/2 · 3s)",),
        "hint_cut": ("✻ Counting… (12s · esc to inter…",),
        "compacting": ("✻ Compacting conversation… (41s)", "  ▰▰▰▰▱▱▱▱▱▱ 21%"),
        "reduced_motion": ("● Herding… (8m 39s · ↓ 834 tokens)",),
        "chinese_verbs": ("✻ 正在数豆子… (18s · ↓ 640 tokens)",),
    },
    "codex": {
        "no_key": ("• Working (2m 10s)",),
        "no_key_terminal": ("• Working (2m 10s) · 1 background terminal running · /ps to view",),
        "detail": ("• Running make all (1m 02s • esc to interrupt)", "  └ make all"),
        "hollow": ("◦ Counting the beans (4s • esc to interrupt)",),
        "cut": ("• Working (1h 12m 10s • esc to inte…",),
        "broken": ("• Working (12s • esc to", "  interrupt)"),
        "mcp": ("• Starting MCP servers (0/2): github, linear (4s • esc to interrupt)",),
        "waiting": ("• Waiting for background terminal (1m 3s • esc to interrupt) · make all",),
        "queued": ("• Working (12s • esc to interrupt)", "", "• Queued follow-up inputs", "  ↳ and the peas", "    ⌥ + ↑ edit last queued message"),
    },
    "gemini": {
        "status": ("⠏ Counting beans (esc to cancel, 12s)",),
        "broken": ("⠏ Counting all of the beans in the jar (esc to", "cancel, 12s)"),
        "cut": ("⠏ Counting all of the beans (esc to can…",),
        "rate_loop": ("ℹ ⚡ Rate limiting detected. Switching.", "⠏ Counting beans (esc to cancel, 241s)"),
    },
    "qwen": {"status": ("  ⠋ Counting... (esc to cancel, 6s)",), "chinese": ("  ⠋ 正在数豆子... （按 esc 取消，6s）",), "broken": ("  ⠋ Counting... (6s · esc to", "  cancel)")},
    "copilot": {
        "thinking": (" ◉ Thinking (Esc to cancel · 1.2 KiB)",),
        "working": (" ◎ Working",),
        "broken": (" ○ Thinking (Esc to", "   cancel · 1.2 KiB)"),
        "running": (" ● Running 3 agents (Esc to cancel · 2m)",),
    },
    "pi": {"working": (" ⠏ Working... (escape to interrupt)",), "bare": (" ⠹ Working...",)},
    "omp": {"hint": (" ⠏ Working… ⟦esc⟧",), "nerd": (" ⠏ Counting beans… ⟨esc⟩",), "ascii": (" | Counting beans… [esc]",)},
    "cursor": {"working": (" ⬢ Working  3.1k tokens",), "running": (" ⬡ Running..  12s",), "braille": (" ⠏⠆ Generating.  12 tokens",)},
    "droid": {"thinking": ("⠹ Thinking...  (Press ESC to stop)",), "broken": ("⠹ Counting...  (Press ESC to", "stop)")},
    "auggie": {"status": (" ⠹ Sending request... (12s • esc to interrupt)",)},
    "antigravity": {"spinner": ("⣾ Generating...",), "loading": ("⠹ Loading beans  esc to cancel",)},
    "goose": {},
}

GAVE_UP = {
    "claude": {
        "context": ("● Skill(count)", "  ⎿  Context limit reached · /compact or /clear to continue"),
        "compaction": ("❯ /compact", "  ⎿  Error: Error during compaction: Error: Conversation too long. Press esc twice to go up a few messages and", "     try again."),
        "too_long": ("  ⎿  Prompt is too long",),
        "credit": ("  ⎿  Credit balance is too low",),
        "login": ("  ⎿  Not logged in · Please run /login",),
        "expired": ("  ⎿  OAuth token has expired. Please run /login",),
        "timeout": ("● Request timed out",),
        "dotted": ("● API Error: Connection error.",),
        "invalid_done": ("● API Error: 500 internal server error", "", "✻ Crunched for 0s"),
    },
    "codex": {
        "stream": ("■ stream disconnected before completion: error sending request",),
        "context": ("■ Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",),
        "compact": ("■ Error running remote compact task: stream disconnected",),
        "auth": ("■ Your access token could not be refreshed. Please log out and sign in again.",),
        "retry": ("■ exceeded retry limit, last status: 500 Internal Server Error",),
    },
    "gemini": {
        "api": ("✕ [API Error: fetch failed]",),
        "finish": ("✕ Error: Stream ended without a finish reason.",),
        "context": ("✕ The context window limit was reached. Use /compress.",),
    },
    "qwen": {"api": ("  ✕ [API Error: Connection error.]",), "finish": ("  ✕ Model stream ended without a finish reason.",)},
    "copilot": {
        "failed": (" ✗ Request failed due to a transient API error.",),
        "dot": (" ● Request failed due to a transient API error. Try again later.",),
        "auth": (" ✗ Authentication failed. Please run /login.",),
    },
    "pi": {
        "finish": (" Error: Stream ended without finish_reason",),
        "compaction": (" Error: Compaction failed: the summary was empty",),
        "auto": (" Error: Auto-compaction failed: 500 server error",),
    },
    "omp": {"model": (" Error: No model selected.", " Use /login, set an API key environment variable, or create models.yml")},
    "cursor": {"failed": ("  Error: Request failed: connection lost",)},
    "droid": {"failed": ("⚠ Error: The request failed because the model is overloaded",), "credit": ("✗ Insufficient credits. Add a payment method.",)},
    "auggie": {"failed": (" ❌ Error: Your session has expired. Please log in again.",)},
    "antigravity": {"failed": ("⚠ Error: model unavailable, request failed",)},
    "goose": {"auth": ("error: Authentication failed: invalid api key",)},
}

AT_REST = {
    "claude": {
        "done": ("● All counted.", "", "✻ Brewed for 41s"),
        "survey": ("● All counted.", "", "✻ Brewed for 41s", "", "● How is Claude doing this session? (optional)", "  1: Bad    2: Fine   3: Good   0: Dismiss"),
        "quotes_status": ("● Like this:", "", "  ✻ Tinkering… (1m 12s · ↓ 2.1k tokens)", "", "✻ Baked for 9s"),
        "quotes_hint": ("● It says (esc to interrupt) then, or ctrl+b to run in background.",),
        "tool_done": ("● Bash(make)", "  ⎿  Done", "", "● It is built.", "", "✻ Baked for 9s"),
        "talks_of_error": ("● The request failed because the stream ended early; I retried it and it works.",),
        "talks_of_context": ("● The context limit was reached in that log, not here.",),
        "failed_tests": ("● Bash(make test)", "  ⎿  Error: Exit code 1", "     3 failed", "", "● Three tests fail as expected.", "", "✻ Baked for 9s"),
        "stale_status": ("✻ Tinkering… (1m 12s · ↓ 2.1k tokens)", "", "● Done with it.", "", "✻ Baked for 9s"),
        "command_after": ("● Done.", "", "❯ /model", "  ⎿  Set model to opus"),
        "asks": ("● Shall I push? Yes or no, (y)es or (n)o.",),
        "quotes_dialog": ("● The dialog reads:", "", "  Do you want to proceed?", "  ❯ 1. Yes", "    2. No", "", "✻ Baked for 9s"),
    },
    "codex": {
        "quotes": ('• When it works it shows "Working (12s • esc to interrupt)", with a spinner.', "", "  Worked for 9s • 00:01"),
        "quotes_alone": ('• The row reads "• Working (12s • esc to interrupt)" then.',),
        "time_in_brackets": ("• Ran the whole suite (12s)",),
        "running_words": ("• Running the suite takes 40s; it passed (12s).",),
        "talks_of_failure": ("• The request failed in CI because the token expired; I renewed it.",),
        "rule": ("• Working as intended.", "", "─ Worked for 9s ──────────────"),
    },
    "gemini": {"answer": ("✦ All counted.",), "quotes": ("✦ It shows (esc to cancel, 12s) while it works.",)},
    "qwen": {"answer": ("  ◆ All counted.",)},
    "copilot": {"answer": (" ● All counted. The request failed once.",)},
    "pi": {"answer": (" All counted; the error was: stream ended early.",)},
    "omp": {"answer": (" All counted.",)},
    "cursor": {"answer": ("  All counted.",)},
    "droid": {"answer": ("⛬  All counted.",)},
    "auggie": {"answer": (" ● All counted.",)},
    "antigravity": {"answer": ("  All counted.",)},
    "goose": {"answer": ("All counted.",)},
}


def with_composer(name: str, rows: tuple[str, ...], width: int) -> str:
    """What the CLI printed, these rows, and its empty composer."""
    cli = CLIS[name]
    return screen(cli, [*wrapped(rows, width), "", *COMPOSERS[name](width)])
