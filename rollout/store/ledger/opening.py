"""Open a ledger: durable, private, of the right version; or fail with a sentence that says why not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from rollout.store.ledger.read_only import reading_place
from rollout.store.ledger.records import LedgerConflict, LedgerUnusable
from rollout.store.ledger.tables import LEDGER_VERSION, meta, metadata

_BUSY_TIMEOUT_S = 5.0
RESTORE: Final = "restore it from a copy, or move it away to start afresh in shadow"
"""The remedy for a ledger that cannot be read any more."""


def open_engine(path: Path, *, create: bool) -> sa.Engine:
    """Open the SQLite file at `path`; a reader (`create=False`) needs it to be there, and writes nothing beside it.

    Raises `LedgerUnusable` where the file is missing, is no ledger, is locked, or has another version: such a file is
    left as it is.
    """
    if not create and not path.exists():
        raise LedgerUnusable(f"there is no ledger at {path}: nothing has run with this state folder yet")
    if not create:
        return _open_to_read(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        _open_to_read(path, to_write=True).dispose()  # refused before a writer's connection changes anything
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    with unusable(path), engine.connect() as connection:
        connection.execution_options(writes=True)  # it reads before it writes: see `_begin`
        if _version(connection) is None:
            metadata.create_all(connection)
            connection.execute(_first_version())
            connection.commit()
        _check_version(connection, path)
    path.chmod(0o600)
    return engine


def _open_to_read(path: Path, *, to_write: bool = False) -> sa.Engine:
    """Open a file read-only, also in a folder in which nothing can be written."""
    with unusable(path):
        place = reading_place(path, _BUSY_TIMEOUT_S)
        engine = sa.create_engine(place.url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False})
        sa.event.listen(engine, "engine_disposed", place.leave)
        sa.event.listen(engine, "connect", _prepare_to_read)
        sa.event.listen(engine, "begin", _begin)
        with engine.connect() as connection:
            if not (to_write and not sa.inspect(connection).get_table_names()):
                _check_version(connection, path)
    return engine


@contextmanager
def unusable(path: Path) -> Iterator[None]:
    """Turn an error of SQLite into a sentence about the file."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise _unusable(path, error.orig if isinstance(error, DatabaseError) else error) from error


def _unusable(path: Path, said: BaseException | None) -> LedgerUnusable:
    """Explain the driver's error for this file, with the remedy."""
    code = getattr(said, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or "locked" in str(said):
        return LedgerUnusable(f"the ledger at {path} is locked by another process: try again in a moment")
    if code == sqlite3.SQLITE_CORRUPT:
        return LedgerUnusable(f"the ledger at {path} is damaged ({said}): {RESTORE}")
    match said:
        case sqlite3.IntegrityError():
            return LedgerConflict(
                f"the ledger at {path} refused a row ({said}), and nothing was written; the ledger is whole: "
                "try again in a moment"
            )
        case sqlite3.OperationalError():
            return LedgerUnusable(f"the ledger at {path} cannot be used: {said}")
    return LedgerUnusable(f"{path} is no ledger, or its first page is damaged ({said}): {RESTORE}")


def _version(connection: sa.Connection) -> str | None:
    """Return the version of a ledger; None if it is empty, "" if the file holds something else."""
    tables = sa.inspect(connection).get_table_names()
    if meta.name not in tables:
        return "" if tables else None
    return str(connection.execute(sa.select(meta.c.value).where(meta.c.key == "version")).scalar() or "")


def _check_version(connection: sa.Connection, path: Path) -> None:
    """Refuse a ledger of another version: it is neither guessed at nor changed."""
    version = _version(connection)
    if version == str(LEDGER_VERSION):
        return
    if not version:
        raise LedgerUnusable(f"{path} is no ledger (it names no version): {RESTORE}")
    raise LedgerUnusable(
        f"the ledger at {path} has version {version}, this build reads version {LEDGER_VERSION}: use the build that "
        f"wrote it, or archive it and start afresh with: {_archive_command(path, f'{path}.version-{version}')}"
    )


def _archive_command(path: Path, archive: str) -> str:
    """Return the command that moves a ledger, with the log that holds its last rows where a run was killed."""
    log = path.with_name(f"{path.name}-wal")
    suffixes = ("", "-wal") if log.exists() and log.stat().st_size else ("",)  # an empty one is this reader's own
    return " && ".join(f"mv {quote(f'{path}{suffix}')} {quote(f'{archive}{suffix}')}" for suffix in suffixes)


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; the driver must not
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_to_read(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    # upgrading a read transaction fails at once if another process wrote meanwhile; BEGIN IMMEDIATE waits instead
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _first_version() -> sa.Executable:
    from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415 - the one statement that is SQLite's own

    return insert(meta).values(key="version", value=str(LEDGER_VERSION)).on_conflict_do_nothing()
