"""Read a ledger without writing anything beside it, as far as SQLite allows.

A file in WAL mode is read with the help of two more files, which a reader makes where they are missing. In a folder in
which it cannot, a file without a log is read as one that nothing changes, and one with a log from a copy of both.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa

_CANNOT_SHARE: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
"""The answers of SQLite where the files beside a ledger cannot be made."""


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """The place from which a ledger is read."""

    url: sa.URL
    copy: Path | None = None
    """The folder of a copy, where it is read from one."""

    def leave(self, _engine: sa.Engine) -> None:
        """Remove the copy."""
        if self.copy is not None:
            shutil.rmtree(self.copy, ignore_errors=True)


def reading_place(path: Path, timeout_s: float) -> ReadingPlace:
    """Return where the ledger at `path` can be read; raises an `sqlite3.DatabaseError` where it cannot."""
    try:
        _probe(path, timeout_s)
    except sqlite3.OperationalError as refusal:
        if refusal.sqlite_errorcode & 0xFF not in _CANNOT_SHARE:
            raise
    else:
        return ReadingPlace(_url(path, mode="ro"))
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return ReadingPlace(_url(path, immutable="1"))
    folder = Path(tempfile.mkdtemp(prefix="understudy-"))
    for file in (path, log):
        shutil.copyfile(file, folder / file.name)
    return ReadingPlace(_url(folder / path.name, mode="ro"), folder)


def _probe(path: Path, timeout_s: float) -> None:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=timeout_s)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _url(path: Path, **query: str) -> sa.URL:
    return sa.URL.create("sqlite", database=f"file:{quote(str(path))}", query={**query, "uri": "true"})
