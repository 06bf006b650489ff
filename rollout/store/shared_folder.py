"""Folders that every process of this user finds alike, whatever its environment: for locks and for standing orders.

A login shell and a cron job differ in `XDG_RUNTIME_DIR` and `TMPDIR`, so neither names a folder here. Standard library
only.
"""

import os
import stat
from pathlib import Path

BASES: tuple[Path, ...] = (Path("/tmp"), Path("/dev/shm"))  # noqa: S108 - a folder of this user's own is made in it
"""The parents of such a folder, the preferred one first: two file systems on most machines."""


def shared_folders() -> tuple[Path, ...]:
    """Return the folders of this user, whether or not they exist."""
    return tuple(base / f"understudy-{os.getuid()}" for base in BASES)


def is_own(folder: Path) -> bool:
    """Return whether a folder exists, belongs to this user, and is writable by no other user.

    Its parent is writable by every user: another user may have put something of the same name there.
    """
    try:
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o022


def make_own(folder: Path) -> None:
    """Make a folder of `shared_folders`; raises an `OSError` where it cannot be made, or is not this user's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_own(folder):
        raise PermissionError(1, "not a folder of this user alone", str(folder))
