"""Check the pages of a ledger's file, within a bounded time."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from rollout.store.ledger import tables as t
from rollout.store.ledger.opening import RESTORE, open_engine, unusable
from rollout.store.ledger.records import LedgerUnusable

_FIRST: Final = (t.meta, t.transitions, t.decisions, t.documents, t.memories, t.deliveries)
"""The tables that a run needs to continue: they are small, and checked before the whole file."""
_STEPS: Final = 10_000
"""Of SQLite's machine, between two looks at the clock: some milliseconds."""


def check_pages(path: Path, within_s: float) -> bool:
    """Look through the ledger at `path` for damaged pages, for at most `within_s` seconds.

    Returns False where the time was over before everything was looked through. Raises `LedgerUnusable` where a page is
    damaged, or the file cannot be opened.
    """
    engine = open_engine(path, create=False)
    try:
        with unusable(path), engine.connect() as connection:
            return _looked_through(connection, path, time.monotonic() + within_s)
    finally:
        engine.dispose()


def _looked_through(connection: sa.Connection, path: Path, until: float) -> bool:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        for what in (*(f"('{table.name}')" for table in _FIRST), ""):
            found = connection.exec_driver_sql(f"PRAGMA quick_check{what}").scalars().all()
            if found != ["ok"]:
                raise LedgerUnusable(f"the ledger at {path} is damaged ({_first_line(found)}): {RESTORE}")
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT:
            raise
        return False
    finally:
        driver.set_progress_handler(None, 0)
    return True


def _first_line(found: Sequence[Any]) -> str:
    lines = [line for text in found for line in str(text).splitlines() if not line.startswith("***")]
    return lines[0] if lines else "a page is not what was written"
