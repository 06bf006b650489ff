"""Opening a ledger: durable, private, of the right version, or a sentence that says why not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from rollout.store.ledger.records import LedgerConflict, LedgerUnusable
from rollout.store.ledger.tables import LEDGER_VERSION, meta, metadata

_BUSY_TIMEOUT_S = 5.0


def open_engine(path: Path, *, create: bool) -> sa.Engine:
    """Open the SQLite file at `path`; a reader (`create=False`) needs it to be there.

    Raises `LedgerUnusable` where the file is missing, is no ledger, is locked, or has another version.
    """
    if not create and not path.exists():
        raise LedgerUnusable(f"there is no ledger at {path}: nothing has run with this state folder yet")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    with unusable(path), engine.connect() as connection:
        if create:
            connection.execution_options(writes=True)  # it reads before it writes: see `_begin`
            metadata.create_all(connection)
            connection.execute(_first_version())
            connection.commit()
        version = connection.execute(sa.select(meta.c.value).where(meta.c.key == "version")).scalar()
    if version != str(LEDGER_VERSION):
        engine.dispose()
        raise LedgerUnusable(
            f"the ledger at {path} has version {version}, this build reads version {LEDGER_VERSION}: "
            "use the build that wrote it, or move the file away to start afresh"
        )
    if create:
        path.chmod(0o600)
    return engine


@contextmanager
def unusable(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a sentence about the file."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise LedgerUnusable(f"the ledger at {path} is locked by another process: try again in a moment") from error
        raise LedgerUnusable(f"the ledger at {path} cannot be used: {error.orig}") from error
    except IntegrityError as error:
        raise LedgerConflict(
            f"the ledger at {path} refused a row ({error.orig}): nothing was written, and the ledger is whole; "
            "try again in a moment"
        ) from error
    except DatabaseError as error:
        raise LedgerUnusable(f"{path} is no ledger ({error.orig}): move it away to start afresh") from error


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; the driver must not
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # a reader's snapshot turned into a writer's fails at once when another wrote meanwhile; asking first waits instead
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _first_version() -> sa.Executable:
    from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415 - the one statement that is SQLite's own

    return insert(meta).values(key="version", value=str(LEDGER_VERSION)).on_conflict_do_nothing()
