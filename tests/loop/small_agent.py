# ruff: noqa: RUF001
"""A small agent with a composer and, on demand, an approval dialog: `claude FOLDER`; it writes down every byte it gets.

`FOLDER/heard` holds what was typed; while `FOLDER/dialog` exists, a dialog stands over the composer.
"""

import os
import select
import sys
import termios
import tty
from pathlib import Path

FOLDER = Path(sys.argv[1])
HEARD, DIALOG = FOLDER / "heard", FOLDER / "dialog"
RULE = "─" * 78
said, typed, shown = ["● All tests pass."], (FOLDER / "draft").read_text() if (FOLDER / "draft").exists() else "", None


def screen() -> str:
    """The screen as it stands."""
    above = [line[i : i + 78] for line in said for i in range(0, len(line), 78)]
    if DIALOG.exists():
        below = [
            "Bash command",
            "",
            "  rm -rf build",
            "",
            "Do you want to proceed?",
            "❯ 1. Yes",
            "  2. No",
            "",
            "Esc to cancel",
        ]
    else:
        first, *more = [typed[i : i + 70] for i in range(0, len(typed), 70)] or [""]
        below = [RULE, f"❯ {first}", *(f"  {line}" for line in more), RULE, "  ? for shortcuts"]
    return "\r\n".join([*above[-10:], "", *below])


before = termios.tcgetattr(0)
tty.setraw(0)
try:
    while True:
        if screen() != shown:
            shown = screen()
            os.write(1, f"\x1b[2J\x1b[H{shown}".encode())
        if not select.select([0], [], [], 0.02)[0]:
            continue
        got = os.read(0, 4096)
        with HEARD.open("ab") as file:
            file.write(got)
        for key in got.decode(errors="replace"):
            if key == "\r":
                said.append(f"> {typed}")
                typed = ""
            elif key.isprintable() and not DIALOG.exists():
                typed += key
finally:
    termios.tcsetattr(0, termios.TCSADRAIN, before)
