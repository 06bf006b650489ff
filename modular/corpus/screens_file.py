r"""The format of a `.ansi` file: screens one below the other, each below a line with its name.

    :::: idle_fresh ::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::
    the rows of the screen

    :::: busy_moving #1 ::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::
    the rows of the first of some frames

A screen goes from its line to the next one, without the last line end: where a screen ends with a line end, an empty
row shows it. The line begins with the escape that ends all colours, so that `cat` shows every name alike; a file that
is written by hand may leave it out. A row of a screen that begins with `::::` itself has a backslash in front.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

_RESET: Final = "\x1b[0m"
_SIGN: Final = "::::"
_HEAD: Final = re.compile(r"(?:\x1b\[0m)?:::: ([a-z0-9][a-z0-9_]*)(?: #([1-9][0-9]?))? :+")
_LIKE_A_HEAD: Final = re.compile(r"^(\\*)(?=(?:\x1b\[0m)?::::)", re.MULTILINE)
_WIDTH: Final = 80


class ScreensFile(NamedTuple):
    """The contents of one `.ansi` file."""

    screens: Mapping[str, tuple[str, ...]]
    """By name one screen, or the frames of one, oldest first."""
    faults: tuple[str, ...]
    """The faults, a sentence each, without the file's name."""


def parse_screens(text: str) -> ScreensFile:
    """Read a `.ansi` file; never raises."""
    found: dict[str, list[list[str]]] = {}
    faults: list[str] = []
    rows: list[str] | None = None
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        if (head := _HEAD.fullmatch(line)) is not None:
            rows = []
            frames = found.setdefault(head[1], [])
            frames.append(rows)
            if int(head[2] or 1) != len(frames):
                faults.append(
                    f"line {number}: the screen `{head[1]}` is there twice, or its frames are not #1, #2, ..."
                )
        elif rows is None and line.strip():
            faults.append(f"line {number} stands above the first screen: begin with {_example()}")
            break
        elif rows is not None:
            if line.removeprefix(_RESET).startswith(_SIGN):
                faults.append(f"line {number} is not the name of a screen: write {_example()}, or a backslash in front")
            rows.append(_LIKE_A_HEAD.sub(lambda found: found[1][1:], line))
    screens = {name: tuple("\n".join(rows) for rows in frames) for name, frames in found.items()}
    return ScreensFile(screens, tuple(faults))


def format_screen(name: str, frames: tuple[str, ...]) -> str:
    """Write a screen, or its frames, as they stand in a file."""
    parts = []
    for number, screen in enumerate(frames, start=1):
        head = f"{_SIGN} {name} " if len(frames) == 1 else f"{_SIGN} {name} #{number} "
        rows = _LIKE_A_HEAD.sub(r"\1\\", screen)
        parts.append(f"{_RESET}{head.ljust(_WIDTH - 1, ':')}:\n{rows}\n")
    return "".join(parts)


def _example() -> str:
    return f"`{_SIGN} its_name {_SIGN}`"
