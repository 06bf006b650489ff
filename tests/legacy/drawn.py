"""Screens drawn by hand for the monolith's tests: what a window shows at an instant, by name."""

from collections.abc import Callable

ANSWER = """\
● The parser now accepts a trailing comma.

  src/parser.py   12 lines changed
  tests           all pass

  Nothing else was touched."""

NEW_ANSWER = """\
● I looked through the whole module again and found that the lexer drops the last token.

  A regression test shows it; the mend is one line in lexer.py, and both suites pass.
  The changelog has an entry.

  Shall I go on with the formatter, or leave it for tomorrow?"""

WELCOME = """\
 ✻ Welcome to Claude Code!

   /help for help

 What would you like me to help you with?
"""

EMPTY_BOX = """\
╭────────────────────────────────────────────╮
│ >                                          │
╰────────────────────────────────────────────╯"""

HINT = "  ? for shortcuts"

RULE_BOX = """\
──────────────────────────────────────────────
\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}
──────────────────────────────────────────────"""


def boxed(text: str) -> str:
    return EMPTY_BOX.replace("│ >" + " " * 42, f"│ > {text:<41}")


def limit(reset: str) -> str:
    return f"  Claude usage limit reached. Your limit will reset at {reset} (UTC).\n"


def moving(body: str, t: float) -> str:
    """A line whose digits all change between two looks, above whatever stands still."""
    ticks = round(t * 10)
    return f"✻ Baking ({ticks * 7919 % 100000000:08d} tokens, {ticks * 104729 % 100000000:08d} in)\n\n{body}"


STILL = {
    "idle": f"{ANSWER}\n{EMPTY_BOX}",
    "idle-other": f"{NEW_ANSWER}\n{EMPTY_BOX}",
    "idle-other-above": f"● Something else altogether stands here.\n\n{ANSWER}\n{EMPTY_BOX}",
    "fresh": f"{WELCOME}\n{EMPTY_BOX}\n{HINT}",
    "draft": ANSWER + "\n" + boxed("please run the whole suite"),
    "placeholder": ANSWER + "\n" + boxed('Try "edit parser.py to..."'),
    "rule-ui": f"{ANSWER}\n{RULE_BOX}",
    "rule-ui-hint": f"{ANSWER}\n{RULE_BOX}\n{HINT}",
    "shell": "[exited]\nuser@host:~/project$ ",
    "repl": "Python 3.11\n>>> ",
    "no-ui": "loading the workspace\nplease wait a moment",
    "interface-high": f"{EMPTY_BOX}\n" + "\n".join(f"  note {n}" for n in range(12)),
    "empty": "",
}


def screen(name: str) -> Callable[[float], str]:
    """Give what `name` shows at an instant, in seconds since the scenario began.

    `busy` and `no-ui-moving` move; `limit 1pm` is an idle screen with a usage limit; `shell:text` is a prompt below a
    text; any other name is one of `STILL`.
    """
    kind, _, rest = name.partition(":")
    if kind == "shell" and rest:
        return lambda _: f"{rest}\nuser@host:~/project$ "
    if name == "busy":
        return lambda t: moving(EMPTY_BOX, t)
    if name == "no-ui-moving":
        return lambda t: moving("building", t)
    if name.startswith("limit "):
        return lambda _: f"{limit(name.removeprefix('limit '))}{STILL['idle']}"
    text = STILL[name]
    return lambda _: text
