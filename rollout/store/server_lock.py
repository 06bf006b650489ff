"""One daemon a tmux server: a lock of the kernel's, on a file that lies beside the server's socket."""

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from rollout.store.shared_folder import make_own, shared_folders


class AlreadyRunning(Exception):
    """Another daemon looks after the same tmux server."""


class ServerLock:
    """Holds one server; it goes with the process, however that ends."""

    def __init__(self, held: Mapping[Path, int]) -> None:
        self._held = dict(held)

    def release(self) -> None:
        """Let another daemon have the server."""
        for path, descriptor in self._held.items():
            with suppress(OSError):  # a file that remains is harmless: the kernel holds the lock
                path.unlink()
            os.close(descriptor)
        self._held.clear()


def lock_places(socket_path: Path) -> tuple[Path, ...]:
    """Return where the locks of a server lie.

    One is beside the socket, where tmux puts its own: every daemon that reaches the server meets it, other users' too.
    That folder may take no file, so there are others in folders of this user's, under a name made of the socket's
    folder (device and inode: the same by each path that leads there) and its name. The socket's own inode would not
    do: a server that is started again has another one, while its daemon stays.
    """
    socket = Path(os.path.realpath(socket_path))
    try:
        folder = socket.parent.stat()
        where = f"{folder.st_dev} {folder.st_ino} {socket.name}"
    except OSError:
        where = str(socket)
    name = f"lock-{blake2b(where.encode('utf-8', 'surrogateescape'), digest_size=8).hexdigest()}"
    beside = socket.with_name(f"{socket.name}.understudy.lock")
    return (beside, *(shared / name for shared in shared_folders()))


def watch_alone(socket_path: Path) -> ServerLock:
    """Be the one daemon for a tmux server, whatever the state folder and the environment.

    Raises `AlreadyRunning`, and an `OSError` where no place takes a lock.
    """
    beside, *shared = lock_places(socket_path)
    held, refusals = dict[Path, int](), list[OSError]()
    for path in (beside, *shared):
        try:
            if path != beside:
                make_own(path.parent)
            held[path] = _locked(path)
        except BlockingIOError as busy:
            ServerLock(held).release()
            raise AlreadyRunning(
                f"another understudy already watches the tmux server on {socket_path}: "
                "stop it first (`understudy status` shows its state)"
            ) from busy
        except OSError as failure:
            refusals.append(failure)
    if not held:
        raise refusals[0]
    return ServerLock(held)


def holder(socket_path: Path) -> int | None:
    """The process that watches a tmux server, or None where there is none or it cannot be found out."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 - a verb that must work without it calls this

    places = {str(path) for path in lock_places(socket_path) if path.exists()}
    for process in psutil.process_iter() if places else ():
        try:
            if process.pid != os.getpid() and places & {file.path for file in process.open_files()}:
                return int(process.pid)
        except (psutil.Error, OSError):  # it has ended, or is another user's
            continue
    return None


def _locked(path: Path) -> int:
    """Lock a file, made where it is missing; raises `BlockingIOError` where another process holds it."""
    while True:
        descriptor = _opened(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = os.fstat(descriptor)
            there = path.stat()
        except FileNotFoundError:
            os.close(descriptor)
            continue
        except OSError:
            os.close(descriptor)
            raise
        if (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino):
            return descriptor
        os.close(descriptor)  # it was removed and made anew in between


def _opened(path: Path) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags | os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        if not path.exists():
            raise
        return os.open(path, flags | os.O_RDONLY)  # another user's, or on a file system that is read-only by now
