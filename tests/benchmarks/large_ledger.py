"""A ledger of months: hundreds of thousands of bouts, written in bulk, the same at every call."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Final

from rollout.judgement.plans import DEFAULT_PLAN
from rollout.loop.stage_controller import StageController
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from rollout.store.ledger import tables as t
from rollout.store.ledger.bout_columns import with_columns
from rollout.store.ledger.records import BoutRow
from shadow.bout import Bout, bout_id
from shadow.compare import differ
from shadow.differences import Fingerprint, Side
from shadow.expected import shipped
from shadow.labels import Label, Referee, Right
from shadow.sides import Who
from understudy.verdicts import AgentState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rollout.store.state_folder import ServerFolder

BEGAN: Final = 1_780_000_000.0
_CYCLE_S: Final = 10.0
_PANES: Final = 300
_SAME: Final = 200
"""Bouts that share a text but for their identity: writing is fast, and the rows are as long as real ones."""
_STATES: Final = (AgentState.BUSY, AgentState.IDLE, AgentState.WAITING_APPROVAL, AgentState.CRASHED)
_AT_ONCE: Final = 20_000


def write(folder: ServerFolder, *, bouts: int, cycles: int) -> None:
    """Write a ledger with so many bouts and cycles, half a spell a bout and a difference for each tenth bout."""
    ledger = Ledger(folder.ledger)
    StageController(ledger, FlagsFile(folder.flags), DEFAULT_PLAN).wake(BEGAN)
    with ledger.engine.connect().execution_options(writes=True) as connection, connection.begin():
        rows = list[dict[str, Any]]()
        for number in range(cycles):
            rows.append(_cycle(number))
        connection.execute(t.cycles.insert(), rows)
        step = cycles * _CYCLE_S / bouts
        templates = with_columns(connection, (_row(bout) for bout in _templates()))
        for start in range(0, bouts, _AT_ONCE):
            some = [_varied(templates, number, step) for number in range(start, min(start + _AT_ONCE, bouts))]
            connection.execute(t.bouts.insert(), some)
            connection.execute(t.spells.insert(), [_spell(row) for row in some[::2]])
            differing = [_difference(row) for row in some[::10] if row["cluster"]]
            connection.execute(t.differences.insert(), differing)
    ledger.close()


def _cycle(number: int) -> dict[str, Any]:
    return {
        "id": f"c-{number:08d}",
        "at": BEGAN + number * _CYCLE_S,
        "mode": "shadow",
        "act": False,
        "stage": "shadow",
        "epoch": 1,
        "wall_s": 1.5,
        "owners": {f"team {session}": "incumbent" for session in range(10)},
        "outcomes": [],
    }


def _templates() -> Iterator[Bout]:
    draw = Random(7)  # noqa: S311 - the same ledger every time
    for number in range(_SAME):
        differs = draw.random() < 0.2
        one = draw.choice(_STATES)
        two = draw.choice(_STATES) if differs else one
        acts = differs and draw.random() < 0.3
        lines = tuple(f"a line of the screen that made the rule fire, number {line}" for line in range(6))
        ours = Side(state=one, rule=f"{one}.rule-{number % 3}", lines=lines, agent="claude")
        intents = (("notify_manager:idle", 1),) if acts else ()
        theirs = Side(state=two, rule=f"{two}.rule-{number % 2}", lines=lines, agent="claude", intents=intents)
        who = Who("%1", 101, "team 1", "worker")
        difference = differ(who, ours, theirs, shipped())
        label = None
        if difference is not None and draw.random() < 0.7:
            right = draw.choice((Right.CANDIDATE, Right.INCUMBENT))
            label = Label(right=right, by=Referee.HINDSIGHT, reason=f"it printed on for {number} s", rule="printed")
        yield Bout(
            id=bout_id("%1", 101, float(number)),
            pane="%1",
            pid=101,
            session="team 1",
            window="worker",
            agent="claude",
            began=BEGAN,
            ended=BEGAN + 60,
            looks=6,
            agrees=difference is None,
            difference=difference,
            fingerprint=Fingerprint.of(ours, theirs),
            incumbent=ours,
            candidate=theirs,
            label=label,
            watched=label is not None,
            settled_at=BEGAN + 90,
        )


def _row(bout: Bout) -> BoutRow:
    cluster = None if bout.difference is None else bout.difference.cluster
    return BoutRow(bout.id, 1, "%1", BEGAN, cluster, bout.model_dump_json(exclude_defaults=True))


def _varied(templates: list[dict[str, Any]], number: int, step: float) -> dict[str, Any]:
    """Return a bout that is told apart from its template by its columns; its body names the same id."""
    row, pane, began = dict(templates[number * 7919 % _SAME]), number % _PANES, BEGAN + number * step
    name = f"b-{number:016x}"
    body = str(row["body"]).replace(row["id"], name, 1).replace(f'"began":{BEGAN}', f'"began":{began}', 1)
    return row | {
        "id": name,
        "pane": f"%{pane}",
        "began": began,
        "seen_until": began + 60,
        "settled_at": began + 90,
        "subject": f"%{pane}/{pane + 100}",
        "session": f"team {pane % 10}",
        "body": body,
    }


def _spell(row: dict[str, Any]) -> dict[str, Any]:
    times = {"began": row["began"], "ended": row["seen_until"], "cli": "claude", "cli_version": "2.1.34"}
    return {"id": f"s{row['subject']}-{row['id']}", "epoch": 1, "pane": row["subject"], "body": "{}", **times}


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    bout = Bout.model_validate_json(row["body"])
    assert bout.difference is not None
    body = bout.difference.model_dump_json(exclude_defaults=True)
    told = {"at": row["began"], "epoch": 1, "pane": row["pane"], "cluster": row["cluster"], "body": body}
    return {"cycle": f"c-{int((row['began'] - BEGAN) / _CYCLE_S):08d}", **told}
