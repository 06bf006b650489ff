"""Ends the tmux clients that an earlier run of ours left behind: a client whose owner is dead has no use.

The end of an attached client is unreliable (a closed control socket often does not do it), and one that stays is seen
by users and hooks and keeps even a killed server alive. Every client of ours carries its owner in its environment.
"""

import os
import signal
from pathlib import Path

from tmuxio.server.address import ServerAddress
from tmuxio.server.transport import OWNER, owner_mark


def leftovers(address: ServerAddress | None = None, proc: Path = Path("/proc")) -> tuple[int, ...]:
    """Find clients of ours whose owner is dead: of one server, or of all."""
    return tuple(
        sorted(int(entry.name) for entry in proc.iterdir() if entry.name.isdigit() and _is_leftover(entry, address))
    )


def sweep(address: ServerAddress | None = None) -> tuple[int, ...]:
    """Signal the clients that `leftovers` finds to end (SIGTERM); returns their process ids. Harmless without any."""
    signalled = []
    for pid in leftovers(address):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:  # it ended by itself
            continue
        signalled.append(pid)
    return tuple(signalled)


def _is_leftover(entry: Path, address: ServerAddress | None) -> bool:
    try:
        program, *arguments = (entry / "cmdline").read_bytes().split(b"\0")
        if program.rpartition(b"/")[2] != b"tmux":
            return False
        if address is not None and os.fsencode(address.socket_path) not in arguments:
            return False
        environment = (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # it ended meanwhile, or belongs to another user
        return False
    owner = next((word for word in environment if word.startswith(f"{OWNER}=".encode())), None)
    if owner is None:
        return False
    word = owner.decode("utf-8", "replace").partition("=")[2]
    pid = word.partition(":")[0]
    return not pid.isdigit() or owner_mark(int(pid)) != word
