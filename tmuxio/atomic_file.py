"""The one way in which a file is replaced: whole or not at all. Standard library only: emergency orders use it."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_CANNOT: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})
"""The answers of a file system that has no way to flush a folder."""


def replace_file(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace a file atomically, readable by its owner alone: a reader sees the old content or the new one.

    File and folder are flushed to the disk, so that a crash loses neither. Where that fails the old file stays and an
    `OSError` is raised; unless not `durable`: then only what cannot be written or renamed is an error.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _flush(file.fileno(), durable=durable)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    _flush_folder(path.parent, durable=durable)


def _flush(handle: int, *, durable: bool) -> None:
    try:
        os.fsync(handle)
    except OSError:
        if durable:
            raise


def _flush_folder(folder: Path, *, durable: bool) -> None:
    """Flush a folder: without it a crash may bring the old file back."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as failure:
        if durable and failure.errno not in _CANNOT:
            raise
