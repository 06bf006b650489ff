"""Standing orders: files that stop the actuator, or send every session back to the incumbent. Standard library only.

An order is a file, so that it can be given with no daemon, server, database or valid configuration; that the file is
there is the order, whatever stands in it, and an empty one is an order too. It lies in a server's folder, or in the
state folder and is for every server. Where neither can be written it lies in a second place, which is looked into as
well: `second_places`.
"""

import contextlib
import errno
import getpass
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Final

from rollout.store.shared_folder import is_own, make_own, shared_folders
from tmuxio.atomic_file import replace_file

SERVERS: Final = "servers"
"""The folder in the state folder that holds one folder a server."""


class OrderKind(StrEnum):
    """The kinds of orders."""

    FREEZE = "frozen"
    """No intent reaches tmux; observation goes on."""
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


class OrderNotGiven(OSError):
    """An order could be written nowhere; the message names each place and what was wrong there."""


class OrderNotLifted(OSError):
    """The file of an order cannot be removed, so it stands; the message names it."""


def prepare(folder: Path) -> None:
    """Leave a spare file for each order in a folder: renaming it needs neither a free block nor a free inode."""
    for kind in (OrderKind.FREEZE, OrderKind.ROLLBACK):
        with contextlib.suppress(OSError):
            _spare(kind, folder).touch(mode=0o600)


def second_places(folder: Path) -> tuple[Path, ...]:
    """Return where orders for `folder` lie when it cannot be written: folders on other file systems.

    They are derived from the state folder's path and the server's folder in it, so that a daemon and a command agree
    on them whatever their environments say of a runtime folder.
    """
    of_server = folder.parent.name == SERVERS
    root = os.path.realpath(folder.parent.parent if of_server else folder)
    name = f"orders-{blake2b(os.fsencode(root), digest_size=8).hexdigest()}"
    return tuple(shared / name / folder.name if of_server else shared / name for shared in shared_folders())


def servers_in_second_places(root: Path) -> tuple[Path, ...]:
    """Return the second places of single servers below the state folder `root`, those without a folder there too."""
    places = (place for place in second_places(root) if is_own(place.parent))
    return tuple(one for place in places for one in sorted(place.glob("*/")))


def give(kind: OrderKind, folder: Path, *, actor: str, reason: str) -> Order:
    """Give an order; a second one of the same kind replaces the first.

    Raises `OrderNotGiven` where neither the folder nor a second place takes even an empty file.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    content = json.dumps({"schema": 1, "at": at, "actor": actor, "reason": reason})
    failures: list[str] = []
    for place in (folder, *second_places(folder)):
        try:
            path = _write(kind, place, content, shared=place != folder)
        except OSError as failure:
            failures.append(f"{place}: {(failure.strerror or str(failure)).lower()}")
            continue
        if kind is OrderKind.FREEZE:
            with contextlib.suppress(
                OSError
            ):  # the note of an earlier lifting; the freeze is in force with or without it
                lift(OrderKind.UNFREEZE, folder)
        return Order(kind, path, at, actor, reason)
    raise OrderNotGiven(errno.EIO, "; ".join(failures))


def lift(kind: OrderKind, folder: Path) -> bool:
    """Take an order back wherever it lies; False where there was none. Raises `OrderNotLifted` where one stays."""
    lifted, stays = False, list[str]()
    for path in _paths(kind, folder):
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as failure:
            if os.path.lexists(path):
                stays.append(f"{path}: {(failure.strerror or str(failure)).lower()}")
            continue
        lifted = True
    if stays:
        raise OrderNotLifted(errno.EIO, "; ".join(stays))
    return lifted


def order_in_force(kind: OrderKind, *folders: Path) -> Order | None:
    """The first order of this kind in these folders, or None. Ask for a server's folder and the state folder."""
    for folder in folders:
        for path in _paths(kind, folder):
            if os.path.lexists(path):
                return _read(kind, path)
    return None


def operator() -> str:
    """Return the operator at this command line: user and host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def unfreeze(folder: Path, *, actor: str, reason: str) -> bool:
    """Lift a freeze and note who did it, for the loop to enter; False where there was none.

    Raises `OrderNotLifted` where it stays in force.
    """
    if order_in_force(OrderKind.FREEZE, folder) is None:
        return False
    with contextlib.suppress(OSError):  # a full disk must not keep a freeze in force
        give(OrderKind.UNFREEZE, folder, actor=actor, reason=reason)
    return lift(OrderKind.FREEZE, folder)


def unfrozen(*folders: Path) -> Order | None:
    """Return the latest note of a lifted freeze in these folders; None if there is none."""
    words = (order_in_force(OrderKind.UNFREEZE, folder) for folder in folders)
    return max((word for word in words if word), key=lambda word: word.at, default=None)


def _paths(kind: OrderKind, folder: Path) -> Iterator[Path]:
    yield folder / f"{kind}.json"
    for place in second_places(folder):
        if is_own(place.parent):
            yield place / f"{kind}.json"


def _write(kind: OrderKind, folder: Path, content: str, *, shared: bool) -> Path:
    """Put an order into a folder, with its content where there is room for it."""
    if shared:
        make_own(folder.parent)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{kind}.json"
    for said in (content.encode(), b""):  # an order counts without content, and unflushed
        with contextlib.suppress(OSError):
            replace_file(path, said, durable=False)
            return path
    _from_spare(kind, folder, path)
    return path


def _from_spare(kind: OrderKind, folder: Path, path: Path) -> None:
    """Make an order of a file that is there already; raises an `OSError` where there is none."""
    if not os.path.lexists(path):  # else it was given before, and is in force
        _spare(kind, folder).replace(path)


def _spare(kind: OrderKind, folder: Path) -> Path:
    return folder / f".{kind}.spare"


def _read(kind: OrderKind, path: Path) -> Order:
    with contextlib.suppress(OSError, ValueError, AttributeError):  # its being there is what counts
        said = json.loads(path.read_text(encoding="utf-8"))
        return Order(kind, path, *(str(said.get(key, "")) for key in ("at", "actor", "reason")))
    return Order(kind, path)
