"""The columns by which bouts are counted, taken from their bodies when they are written."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from pydantic import ValidationError

from rollout.store.ledger import tables as t
from rollout.store.ledger.records import BoutRow
from shadow.bout import Bout
from shadow.differences import subject
from shadow.grouping import pattern_key, pattern_of, pattern_text, seen_until

COLUMNS: Final = ("pattern", "began", "seen_until", "subject", "session")
_AT_ONCE: Final = 500
"""Patterns looked up in one statement: a driver bounds the number of parameters."""


def with_columns(connection: sa.Connection, rows: Iterable[BoutRow]) -> list[dict[str, Any]]:
    """Return the values of some rows of `bouts`, and add the patterns that the ledger does not know yet.

    A body that is no bout is kept as it is, and counted nowhere.
    """
    values, patterns = list[dict[str, Any]](), dict[int, str]()
    for row in rows:
        columns, pattern = _columns(row.body)
        values.append(asdict(row) | columns)
        if pattern is not None:
            patterns[columns["pattern"]] = pattern_text(pattern)
    _add_patterns(connection, patterns)
    return values


def _columns(body: str) -> tuple[dict[str, Any], Bout | None]:
    try:
        bout = Bout.model_validate_json(body)
    except ValidationError:
        return dict.fromkeys(COLUMNS), None
    pattern, name = pattern_of(bout), subject(bout.pane, bout.session)
    return {
        "pattern": pattern_key(pattern),
        "began": bout.began,
        "seen_until": seen_until(bout),
        "subject": subject_text(name, bout.pid),
        "session": bout.session,
    }, pattern


def subject_text(name: str, pid: int | None) -> str:
    """Return a subject with its process: `%12/4711`, or `=team/`."""
    return f"{name}/{'' if pid is None else pid}"


def _add_patterns(connection: sa.Connection, patterns: dict[int, str]) -> None:
    keys, known = list(patterns), set[int]()
    for start in range(0, len(keys), _AT_ONCE):
        query = sa.select(t.bout_patterns.c.key).where(t.bout_patterns.c.key.in_(keys[start : start + _AT_ONCE]))
        known.update(connection.execute(query).scalars())
    if new := [{"key": key, "body": body} for key, body in patterns.items() if key not in known]:
        connection.execute(t.bout_patterns.insert(), new)
