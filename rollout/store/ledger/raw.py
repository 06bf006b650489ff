"""The rows of a ledger as stored, each with the validity of its columns."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from rollout.store.ledger import tables as t
from rollout.store.ledger.opening import unusable
from rollout.store.ledger.reader import LedgerReader

_TYPES: Final[dict[type[sa.types.TypeEngine[Any]], tuple[type, ...]]] = {
    sa.Text: (str,),
    sa.Integer: (int,),
    sa.BigInteger: (int,),
    sa.Float: (int, float),
    sa.Boolean: (bool, int),
}
_SHAPES: Final = {"owners": dict, "outcomes": list}
"""Of the JSON columns."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row; `number` is its place in its table, from 1 on."""

    table: str
    number: int
    values: dict[str, Any]
    sound: bool


def raw_rows(ledger: LedgerReader) -> Iterator[RawRow]:
    """Return every row of every table; raises `LedgerUnusable` where even that cannot be done."""
    for table in t.metadata.sorted_tables:
        with unusable(ledger.path), ledger.engine.connect() as connection:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()  # noqa: S608 - our own names
            for number, row in enumerate(rows, 1):
                values = dict(row)
                sound = all(_sound(column, values.get(column.name)) for column in table.columns)
                yield RawRow(table.name, number, values, sound)


def _sound(column: sa.Column[Any], value: Any) -> bool:
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, sa.JSON):
        try:
            return isinstance(json.loads(value) if isinstance(value, str | bytes) else value, _SHAPES[column.name])
        except ValueError:
            return False
    return isinstance(value, _TYPES[type(column.type)])
