"""Standing orders: files that stop the hands, or send every session back to the incumbent. Standard library only.

An order is a file, so that it can be given with no daemon, server, database or valid configuration; that the file is
there is the order, whatever stands in it. It lies in a server's folder, or in the state folder and is for every server.
"""

import contextlib
import getpass
import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class OrderKind(StrEnum):
    """What can be ordered."""

    FREEZE = "frozen"
    """Nobody's intents reach tmux; looking goes on."""
    ROLLBACK = "rollback"
    """The incumbent owns every session from now on. The loop does it at its next cycle and takes the file away."""
    UNFREEZE = "unfrozen"
    """No order, but who lifted the last freeze and why, for the audit trail; the next freeze takes it away."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it was given. `at` is RFC 3339 in UTC; who and why are empty where the file cannot be read."""

    kind: OrderKind
    path: Path
    at: str = ""
    actor: str = ""
    reason: str = ""


def give(kind: OrderKind, folder: Path, *, actor: str, reason: str) -> Order:
    """Give an order, durably; a second one of the same kind replaces the first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _path(kind, folder)
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("w", encoding="utf-8") as file:
        json.dump({"schema": 1, "at": at, "actor": actor, "reason": reason}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if kind is OrderKind.FREEZE:
        lift(OrderKind.UNFREEZE, folder)
    return Order(kind, path, at, actor, reason)


def lift(kind: OrderKind, folder: Path) -> bool:
    """Take an order back; False where there was none."""
    try:
        _path(kind, folder).unlink()
    except FileNotFoundError:
        return False
    return True


def standing(kind: OrderKind, *folders: Path) -> Order | None:
    """The first order of this kind in these folders, or None. Ask for a server's folder and the state folder."""
    for folder in folders:
        path = _path(kind, folder)
        if path.exists():
            return _read(kind, path)
    return None


def operator() -> str:
    """Who gives an order from a command line: user and host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def unfreeze(folder: Path, *, actor: str, reason: str) -> bool:
    """Lift a freeze and note who did it, for the loop to enter; False where there was none."""
    with contextlib.suppress(OSError):  # a full disk must not keep a freeze in force
        if _path(OrderKind.FREEZE, folder).exists():
            give(OrderKind.UNFREEZE, folder, actor=actor, reason=reason)
    return lift(OrderKind.FREEZE, folder)


def unfrozen(*folders: Path) -> Order | None:
    """The latest word on a freeze that was lifted in one of these folders; None where nobody noted any."""
    words = (standing(OrderKind.UNFREEZE, folder) for folder in folders)
    return max((word for word in words if word), key=lambda word: word.at, default=None)


def _path(kind: OrderKind, folder: Path) -> Path:
    return folder / f"{kind}.json"


def _read(kind: OrderKind, path: Path) -> Order:
    with contextlib.suppress(OSError, ValueError, AttributeError):  # its being there is what counts
        said = json.loads(path.read_text(encoding="utf-8"))
        return Order(kind, path, *(str(said.get(key, "")) for key in ("at", "actor", "reason")))
    return Order(kind, path)
