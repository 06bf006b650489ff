# ruff: noqa: RUF001
"""An agent with a composer that can be edited: `claude FOLDER [LOOKS]`; `FOLDER/heard` holds every byte it got.

LOOKS is how it draws its composer: `rules`, `box`, `prompt`. While `FOLDER/asleep` exists it does not read; while
`FOLDER/dialog` exists a dialog stands over the composer. `FOLDER/sent` holds a line for each Enter: what was sent, or
`!dialog` where it was the dialog that got it; `FOLDER/misplaced` one for all that was typed into the dialog, with the
seconds for which that had been drawn.
"""

import os
import select
import sys
import termios
import time
import tty
from pathlib import Path

FOLDER, LOOKS = Path(sys.argv[1]), (sys.argv[2:] or ["rules"])[0]
HEARD, SENT, DIALOG, ASLEEP, MISPLACED = (FOLDER / name for name in ("heard", "sent", "dialog", "asleep", "misplaced"))
WIDE = os.get_terminal_size(0).columns
RULE = "─" * (WIDE - 2)
said, typed, shown = ["● All tests pass."], (FOLDER / "draft").read_text() if (FOLDER / "draft").exists() else "", None
open_dialog, painted = False, 0.0


def composer() -> tuple[list[str], int, int]:
    """The composer's rows, and the cursor's row and column among them."""
    room = WIDE - 8
    first, *more = [typed[at : at + room] for at in range(0, len(typed), room)] or [""]
    last = (more or [first])[-1]
    if LOOKS == "box":
        inner = [f"│ > {first.ljust(room)} │", *(f"│   {row.ljust(room)} │" for row in more)]
        line = "─" * (room + 4)
        return [f"╭{line}╮", *inner, f"╰{line}╯", "  ? for shortcuts"], 1 + len(more), 4 + len(last)
    if LOOKS == "prompt":
        rows = [f"> {typed}"[at : at + WIDE] for at in range(0, len(typed) + 2, WIDE)]
        if not typed:
            rows = ["> "]
        return rows, len(rows) - 1, min(len(rows[-1]), WIDE - 1)
    shown_first = first if typed else '\x1b[2mTry "fix the tests"\x1b[0m'
    return (
        [RULE, f"❯\xa0{shown_first}", *(f"  {row}" for row in more), RULE, "  ? for shortcuts"],
        1 + len(more),
        2 + len(last),
    )


def screen() -> str:
    """The screen as it stands, with the cursor where the next letter goes."""
    above = [line[at : at + WIDE - 2] for line in said for at in range(0, len(line), WIDE - 2)][-8:]
    if open_dialog:
        below, row, column = (
            [
                "Bash command",
                "",
                "  rm -rf build",
                "",
                "Do you want to proceed?",
                "❯ 1. Yes",
                "  2. No",
                "",
                "Esc to cancel",
            ],
            8,
            13,
        )
    else:
        below, row, column = composer()
    return "\r\n".join([*above, "", *below]) + f"\x1b[{len(above) + 2 + row};{column + 1}H"


def enter() -> str:
    """Send what stands in the composer, and return what stands there then."""
    with SENT.open("a") as file:
        file.write(("!dialog" if open_dialog else typed) + "\n")
    if open_dialog:
        return typed
    said.append(f"> {typed}")
    return ""


before = termios.tcgetattr(0)
tty.setraw(0)
try:
    while True:
        while ASLEEP.exists():
            time.sleep(0.005)
        open_dialog = DIALOG.exists()
        if screen() != shown:
            shown = screen()
            os.write(1, f"\x1b[?25l\x1b[2J\x1b[H{shown}\x1b[?25h".encode())
            painted = time.monotonic()
        if not select.select([0], [], [], 0.005)[0]:
            continue
        got = os.read(0, 4096)
        with HEARD.open("ab") as file:
            file.write(got)
        if open_dialog:
            with MISPLACED.open("a") as file:
                file.write(f"{time.monotonic() - painted:.4f} {got.decode()!r}\n")
        for key in got.decode(errors="replace"):
            if key == "\r":
                typed = enter()
            elif key == "\x7f":
                typed = typed[:-1]
            elif key.isprintable() and not open_dialog:
                typed += key
finally:
    termios.tcsetattr(0, termios.TCSADRAIN, before)
