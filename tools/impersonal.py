"""Secrets and names of people leave a screen before it is kept; nothing on it moves."""

import getpass
import re
import socket
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

from screen_sources import Seen

from tmuxio.redaction import redact

_HOME: Final = re.compile(r"(?:(?<=/home/)|(?<=/Users/))[^/\s\x1b:'\"]+")
_STAND_IN: Final = "someone"


def impersonal(seen: Seen) -> tuple[Seen, int]:
    """Return what was seen without secrets and names, and how many of its rows changed."""
    width = seen.size[0] if seen.size else None
    screens = tuple(_nameless(redact(screen, width)) for screen in seen.screens)
    kept = replace(
        seen,
        screens=screens,
        title="" if seen.title == socket.gethostname() else _nameless(redact(seen.title)),  # as tmux names a new pane
        window=_nameless(redact(seen.window)),
    )
    before = [*"\n".join(seen.screens).split("\n"), seen.title, seen.window]
    after = [*"\n".join(screens).split("\n"), kept.title, kept.window]
    return kept, sum(one != other for one, other in zip(before, after, strict=True))


def _nameless(text: str) -> str:
    """Replace the names of homes, and the own name before a host's, by others of the same length."""
    text = _HOME.sub(_same_length, text)
    return re.sub(rf"(?<![\w.-]){re.escape(getpass.getuser())}@[\w.-]+", _login, text)


def _login(found: re.Match[str]) -> str:
    name, _, host = found[0].partition("@")
    return f"{_word(len(name))}@{_word(len(host))}"


def _same_length(found: re.Match[str]) -> str:
    return _word(len(found[0]))


def _word(length: int) -> str:
    return "".join(islice(cycle(_STAND_IN), length))
