"""The looks: how each CLI shows a view, as lines with colours. Pure."""

from collections.abc import Callable
from typing import Final

from rollout.faces.demo.actors import lines
from rollout.faces.demo.actors.performance import BEAT_S, Kind, TranscriptEntry, View
from rollout.faces.demo.actors.scenes import ActorScene
from rollout.faces.demo.actors.sgr import CARET, CURSOR, fit, paint, wrap

Paint = Callable[[View, int, int], list[str]]
"""(view, width, height in cells) -> the lines of the screen, at most `height`."""

_COMPOSER_LINES: Final = 5


def claude(view: View, width: int, height: int) -> list[str]:
    """Paint in the look of a CLI with a boxed composer."""
    foot = _claude_dialog(width) if view.scene is ActorScene.APPROVAL else _claude_composer(view, width)
    foot = ["", *([_claude_spinner(view), ""] if view.busy else []), *foot]
    head = _claude_banner(width) if view.scene is ActorScene.FRESH else []
    return _stack(head + _transcript(view.transcript, width, _CLAUDE_MARKS), foot, height)


def codex(view: View, width: int, height: int) -> list[str]:
    """Paint in the look of a CLI with a bare composer line and a status row."""
    if view.scene is ActorScene.APPROVAL:
        foot = _codex_dialog()
    else:
        # a forgotten draft pushes the hint away, as the real ones do
        hint = "" if view.scene is ActorScene.DRAFT and view.composer else "  ? for shortcuts"
        foot = [*_codex_composer(view, width), "", "  demo-model default · ~/shop", hint]
    if view.busy:
        foot = ["", paint("dim", f"• Working ({_seconds(view)}s • esc to interrupt)"), "", "", *foot]
    else:
        foot = ["", "", *foot]
    head = [f"  >_ {paint('bold', 'OpenAI Codex')} {paint('dim', '(demo)')}", "     ~/shop", ""]
    return _stack(head + _transcript(view.transcript, width, _CODEX_MARKS), foot, height)


def cursor(cli: str, view: View, screen: list[str], width: int) -> tuple[int, int] | None:
    """Return where the cursor stands, as (row, column) from 0: behind the composer's text; None where none is shown."""
    if view.scene is ActorScene.APPROVAL:
        return None
    below, edge, inner = (2, 4, width - 6) if cli == "claude" else (3, 2, width - 3)
    return len(screen) - 1 - below, edge + len(wrap(view.composer, inner)[-1])


def title(cli: str, view: View) -> str:
    """Name the terminal as the CLI would."""
    if cli == "codex":
        if view.scene is ActorScene.APPROVAL:
            return "[ ! ] Action Required | shop"
        return f"{_BRAILLE[view.beat % len(_BRAILLE)]} shop" if view.busy else "shop"
    return f"{'◐◓◑◒'[view.beat % 4] if view.busy else '✳'} Claude Code"


LOOKS: Final[dict[str, Paint]] = {"claude": claude, "codex": codex}
"""The looks by name of the CLI; the program in front is called so, too."""

_BRAILLE: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_ASTERISKS: Final = "·✢✳✶✻✽"
# kind of entry -> what stands before its first line, before the others, and the colour
_Marks = dict[Kind, tuple[str, str, str]]
_CLAUDE_MARKS: Final[_Marks] = {
    Kind.PROMPT: ("> ", "  ", "grey"),
    Kind.TOOL: ("⏺ ", "  ", "bold"),
    Kind.RESULT: ("  ⎿  ", "     ", ""),
    Kind.ANSWER: ("⏺ ", "  ", ""),
    Kind.ERROR: ("  ⎿  ", "     ", "red"),
}
_CODEX_MARKS: Final[_Marks] = {
    Kind.PROMPT: (f"{CARET} ", "  ", "bold"),
    Kind.TOOL: ("• ", "  ", "blue"),
    Kind.RESULT: ("  └ ", "    ", "dim"),
    Kind.ANSWER: ("• ", "  ", ""),
    Kind.ERROR: ("■ ", "  ", "red"),
}


def _stack(top: list[str], foot: list[str], height: int) -> list[str]:
    room = max(0, height - len(foot))
    return (top[-room:] if room else []) + foot[-height:]


def _transcript(entries: tuple[TranscriptEntry, ...], width: int, marks: _Marks) -> list[str]:
    out: list[str] = []
    for before, entry in zip((None, *entries), entries, strict=False):
        first, others, style = marks[entry.kind]
        if before is not None and entry.kind is not Kind.RESULT:
            out.append("")
        broken = wrap(entry.text, max(10, width - len(first) - 1))
        out += [(others if n else first) + paint(style, line) for n, line in enumerate(broken)]
    return out


def _seconds(view: View) -> int:
    return int(view.beat * BEAT_S)


def _claude_spinner(view: View) -> str:
    star = _ASTERISKS[view.beat % len(_ASTERISKS)]
    # 37 is prime to 10 and to 100: from beat to beat the last two digits always change
    counter = f"({_seconds(view)}s · ↓ {11 + view.beat * 37} tokens · esc to interrupt)"
    return f"{paint('orange', f'{star} Thinking…')} {paint('grey', counter)}"


def _claude_composer(view: View, width: int) -> list[str]:
    inner = width - 6
    if view.composer:
        rows = wrap(view.composer, inner)[-_COMPOSER_LINES:]
        body = [f"│ {'>' if n == 0 else ' '} {fit(row, inner)} │" for n, row in enumerate(rows)]
    elif view.scene is ActorScene.PLACEHOLDER and not view.busy:
        body = [f"│ > {paint('dim', lines.SUGGESTION)}{' ' * (inner - len(lines.SUGGESTION))} │"]
    else:
        body = [f"│ > {' ' * inner} │"]
    return [f"╭{'─' * (width - 2)}╮", *body, f"╰{'─' * (width - 2)}╯", paint("grey", "  ? for shortcuts")]


def _claude_dialog(width: int) -> list[str]:
    rows = (
        "Bash command",
        "",
        f"  {lines.COMMAND}",
        f"  {lines.COMMAND_WHY}",
        "",
        "Do you want to proceed?",
        f"{CURSOR} 1. Yes",
        "  2. Yes, and don't ask again for git push commands",
        "  3. No, and tell Claude what to do differently (esc)",
    )
    body = [f"│ {fit(row, width - 4)} │" for row in rows]
    return [f"╭{'─' * (width - 2)}╮", *body, f"╰{'─' * (width - 2)}╯"]


def _claude_banner(width: int) -> list[str]:
    rows = ("✻ Welcome to Claude Code!", "", "  /help for help, /status for your current setup", "", "  cwd: ~/shop")
    inner = min(width - 4, 56)
    body = [f"│ {fit(row, inner)} │" for row in rows]
    edge = "─" * (inner + 2)
    return [f"╭{edge}╮", *body, f"╰{edge}╯", "", " What would you like me to help you with?", ""]


def _codex_composer(view: View, width: int) -> list[str]:
    if not view.composer:
        return [f"{paint('bold', CARET)} {paint('dim', 'Ask Codex to do anything')}"]
    rows = wrap(view.composer, width - 3)[-_COMPOSER_LINES:]
    return [(paint("bold", CARET) if n == 0 else " ") + " " + row for n, row in enumerate(rows)]


def _codex_dialog() -> list[str]:
    return [
        "  Would you like to run the following command?",
        "",
        f"  Reason: {lines.COMMAND_WHY}",
        "",
        f"  $ {lines.COMMAND}",
        "",
        f"{CARET} 1. Yes, proceed (y)",
        "  2. Yes, and don't ask again for commands that start with `git push` (p)",
        "  3. No, and tell Codex what to do differently (esc)",
        "",
        "  Press enter to confirm or esc to cancel",
    ]
