"""What many tapes show, kept once: screens and memories by their hash, in one SQLite file beside the tapes.

A file a screen would cost a block of the disk each, and most screens are smaller than that.
"""

import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from understudy.tapes import TornTape

FILE_NAME: Final = "screens.sqlite"
"""What the store of a folder of tapes is called."""
_BUSY_S: Final = 5.0
_BIGGEST: Final = 64 << 20
"""Bytes of one text; more is no screen, but somebody's bomb."""
_AT_ONCE: Final = 500
"""Names in one question; SQLite's own limit is higher."""
_TABLES: Final = """
    PRAGMA auto_vacuum = INCREMENTAL;
    CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS uses (tape TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tape, name)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS uses_by_name ON uses (name);
"""


class ScreenStore:
    """The writing side: one at a time, which is the tape store's. Every call is one transaction."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # before SQLite would make it for everybody to read
        self.path.chmod(0o600)
        with self._open() as connection:
            connection.executescript(_TABLES)

    def add(self, tape: str, texts: Mapping[str, str]) -> None:
        """Keep the texts of a tape by their names; those that are there already cost a line each."""
        with self._open() as connection:
            known = set(_among(connection, texts))
            fresh = [(name, _squeezed(text)) for name, text in texts.items() if name not in known]
            connection.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", fresh)
            connection.executemany("INSERT OR IGNORE INTO uses VALUES (?, ?)", [(tape, name) for name in texts])

    def forget(self, tapes: Collection[str]) -> None:
        """Let go of tapes, and of the texts that no other one shows; the file shrinks by as much."""
        with self._open() as connection:
            shown = {name for tape in tapes for name in _shown_by(connection, tape)}
            connection.executemany("DELETE FROM uses WHERE tape = ?", [(tape,) for tape in tapes])
            connection.executemany(
                "DELETE FROM texts WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM uses WHERE name = ?1)",
                [(name,) for name in shown],
            )
        with self._open() as connection:
            connection.execute("PRAGMA incremental_vacuum").fetchall()

    def tapes(self) -> frozenset[str]:
        """Whose texts are kept."""
        with self._open() as connection:
            return frozenset(tape for (tape,) in connection.execute("SELECT DISTINCT tape FROM uses"))

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_BUSY_S)) as connection, connection:
            yield connection


def texts_of(path: Path, names: Collection[str]) -> dict[str, str]:
    """Read texts by name from the store at `path`; those that it lacks are left out.

    Raises `TornTape` where there is no such store, or where what it holds cannot be read.
    """
    if not path.is_file():
        raise TornTape(f"{path} is missing, which holds its screens: keep the two files in one folder")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)) as connection:
            return {name: _text(body) for name, body in list(_bodies(connection, names))}
    except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
        raise TornTape(f"{path}, which holds its screens, cannot be read ({error})") from None


def _shown_by(connection: sqlite3.Connection, tape: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM uses WHERE tape = ?", (tape,))]


def _among(connection: sqlite3.Connection, names: Iterable[str]) -> Iterator[str]:
    for asked in _batches(names):
        marks = ",".join("?" * len(asked))
        yield from (name for (name,) in connection.execute(f"SELECT name FROM texts WHERE name IN ({marks})", asked))  # noqa: S608 - question marks only


def _bodies(connection: sqlite3.Connection, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for asked in _batches(names):
        marks = ",".join("?" * len(asked))
        yield from connection.execute(f"SELECT name, body FROM texts WHERE name IN ({marks})", asked)  # noqa: S608 - likewise


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    every = list(names)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def _squeezed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def _text(body: bytes) -> str:
    undo = zlib.decompressobj()
    text = undo.decompress(body, _BIGGEST)
    if undo.unconsumed_tail or not undo.eof:
        raise zlib.error("a screen is cut short, or far larger than any screen")
    return text.decode()
