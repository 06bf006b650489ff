"""The ledger's tables. SQLite today; nothing here that PostgreSQL lacks."""

from typing import Final

import sqlalchemy as sa

LEDGER_VERSION: Final = 4
"""Version of these tables and of the names in their JSON. A ledger of another version is refused, never guessed at."""

metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

cycles = sa.Table(
    "cycles",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("act", sa.Boolean, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("wall_s", sa.Float, nullable=False),
    sa.Column("owners", sa.JSON, nullable=False),
    sa.Column("outcomes", sa.JSON, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("cycle", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

memories = sa.Table(
    "memories",
    metadata,
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("monitor", sa.Text, nullable=False),
    sa.Column("cycle", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

differences = sa.Table(
    "differences",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("cycle", sa.Text, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("pane", sa.Text, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)

bouts = sa.Table(
    "bouts",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("epoch", sa.Integer, nullable=False, index=True),
    sa.Column("pane", sa.Text, nullable=False),
    sa.Column("settled_at", sa.Float, nullable=False),
    sa.Column("cluster", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("pattern", sa.BigInteger),
    sa.Column("began", sa.Float),
    sa.Column("seen_until", sa.Float),
    sa.Column("subject", sa.Text),
    sa.Column("session", sa.Text),
    sa.Index("bouts_by_pattern", "pattern", "began", "seen_until", "epoch"),
    sa.Index("bouts_by_subject", "cluster", "subject"),
    sa.Index("bouts_by_beginning", "cluster", "began"),
    sa.Index("bouts_by_pane", "subject"),
    sa.Index("bouts_by_session", "session"),
    sa.Index("bouts_by_instant", "began"),
    sa.Index("bouts_by_settling", "settled_at"),
)
"""The columns behind `body` are taken from it when a bout is written, so that bouts are counted without reading it."""

bout_patterns = sa.Table(
    "bout_patterns",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""The fields that many bouts have in common (`shadow.grouping.pattern_of`), each once."""

spells = sa.Table(
    "spells",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("epoch", sa.Integer, nullable=False, index=True),
    sa.Column("pane", sa.Text, nullable=False, index=True),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("ended", sa.Float, nullable=False),
    sa.Column("cli", sa.Text, nullable=False),
    sa.Column("cli_version", sa.Text),
    sa.Column("overruled", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("epoch", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("guardrail", sa.Text, nullable=False),
    sa.Column("stratum", sa.Text),
    sa.Column("event", sa.Boolean, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
)

transitions = sa.Table(
    "transitions",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("episode", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("wanted_at", sa.Float, nullable=False),
    sa.Column("claimed_at", sa.Float),
    sa.Column("finished_at", sa.Float),
    sa.Column("done", sa.Boolean),
    sa.Column("why", sa.Text, nullable=False, default=""),
    sa.Column("body", sa.Text, nullable=False),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False, default="{}"),
    sa.Column("hash", sa.Text, nullable=False, server_default=""),
)
