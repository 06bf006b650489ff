"""The flags that are in force without a server: the working copy, or those of a first run."""

from pathlib import Path

from rollout.store.flags import initial_text
from rollout.store.flags.choosing import FlagsChoice
from rollout.store.server_selection import ServerSelection


def current_flags(choice: FlagsChoice, server: ServerSelection) -> tuple[Path | None, str]:
    """Return the file of the flags, None before a first run, and their text."""
    path = choice.kept(server.folder)
    if path.exists():
        return path, path.read_text(encoding="utf-8", errors="replace")
    return None, initial_text(choice.initial)
