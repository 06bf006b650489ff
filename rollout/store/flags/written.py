"""Putting a text in place of a file: as a whole, or not at all."""

import os
import tempfile
from pathlib import Path


def put_in_place(path: Path, text: str) -> None:
    """Replaces a file atomically: a reader sees the old file or the new one, and a crash loses neither."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
