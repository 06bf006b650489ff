"""Bouts counted by PostgreSQL give the report that they give in memory."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from postgres_cluster import Postgres

from rollout.store.ledger import BoutRow, CountedBouts, LedgerReader, Transaction
from rollout.store.ledger.tables import metadata
from shadow.grouping import BoutsInMemory
from tests.ledger.test_counted_bouts import T0, made, reported

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def engine(installed: None) -> Iterator[sa.Engine]:  # noqa: ARG001 - what has to be there first
    outer = Path(tempfile.mkdtemp(prefix="up-", dir="/tmp"))  # short: a socket path ends at 107 bytes
    outer.chmod(0o711)
    folder = outer / "pg"
    folder.mkdir(mode=0o755)
    cluster = Postgres(folder)
    try:
        cluster.start()
        address = sa.URL.create("postgresql+psycopg", "unleash", query={"host": str(folder)}, database="postgres")
        engine = sa.create_engine(address)
        yield engine
        engine.dispose()
    finally:
        cluster.end()
        shutil.rmtree(outer, ignore_errors=True)


def test_bouts_counted_by_postgresql_give_the_report_that_they_give_in_memory(
    engine: sa.Engine, tmp_path: Path
) -> None:
    bouts = [made(number) for number in range(1, 240)]
    metadata.create_all(engine)
    with engine.begin() as connection:
        rows = (
            BoutRow(one.id, 1, str(one.pane), T0, one.difference and one.difference.cluster, one.model_dump_json())
            for one in bouts
        )
        Transaction(connection).add_bouts(rows)
    counted = reported(CountedBouts(LedgerReader(tmp_path, engine), 1, 0.0))
    expected = reported(BoutsInMemory(bouts))
    assert counted.model_copy(update={"until": expected.until}) == expected  # the rows here were settled at T0
