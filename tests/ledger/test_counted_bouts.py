"""Bouts counted in SQL give the report that the same bouts give in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout.store.ledger import BoutRow, CountedBouts, Ledger
from shadow.bout import Bout, bout_id
from shadow.clusters import running_counts
from shadow.compare import differ
from shadow.differences import Fingerprint, Side
from shadow.expected import shipped
from shadow.grouping import BoutsInMemory, SettledBouts
from shadow.labels import Label, Referee, Right
from shadow.openness import CeilingCounts
from shadow.report import ShadowReport, Surroundings, build_of
from shadow.sides import Who
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies
from understudy.verdicts import AgentState

if TYPE_CHECKING:
    from pathlib import Path

T0 = 1_780_000_000.0
STATES = (AgentState.BUSY, AgentState.IDLE, AgentState.CRASHED)


def made(number: int) -> Bout:
    one, two = STATES[number % 3], STATES[number * number % 3]
    intents = (("notify_manager:idle", number),) if number % 5 == 0 else ()
    ours, theirs = Side(state=one, rule="a", intents=intents), Side(state=two, rule=f"b-{number % 4}")
    who = Who(f"%{number % 7}", 100 + number % 11, f"team {number % 2}", "worker")
    difference = differ(who, ours, theirs, shipped())
    right = (Right.CANDIDATE, Right.INCUMBENT, Right.BOTH)[number % 3]
    label = Label(right=right, by=Referee.HINDSIGHT, reason=f"after {number} s") if number % 4 else None
    began = T0 + number * 37.25
    return Bout(
        id=bout_id(str(who.pane), who.pid, began),
        pane=who.pane,
        pid=who.pid,
        session=who.session,
        window="worker",
        agent="claude",
        began=began,
        ended=None if number % 6 == 0 else began + 60,
        looks=number,
        agrees=difference is None,
        difference=difference,
        fingerprint=Fingerprint.of(ours, theirs),
        incumbent=ours,
        candidate=theirs,
        label=label if difference is not None else None,
        watched=number % 2 == 0,
        settled_at=began + 90,
    )


def reported(settled: SettledBouts) -> ShadowReport:
    groups = settled.groups
    stage = Tallies(clusters=running_counts(groups, shipped()), ceilings=CeilingCounts.of_groups(groups))
    return build_of(
        settled,
        T0 + 1e6,
        incumbent="a",
        candidate="b",
        around=Surroundings(),
        differences=((bout.began, bout.difference) for bout in map(made, (1, 2, 500)) if bout.difference is not None),
        register=shipped(),
        signoffs=Signoffs(),
        stage=stage,
    )


def written(path: Path, bouts: list[Bout]) -> Ledger:
    ledger = Ledger(path)
    with ledger.transaction() as tx:
        for bout in bouts:
            cluster = None if bout.difference is None else bout.difference.cluster
            tx.add_bouts(
                [BoutRow(bout.id, 1, str(bout.pane), T0, cluster, bout.model_dump_json(exclude_defaults=True))]
            )
    return ledger


def test_bouts_counted_in_sql_give_the_report_that_they_give_in_memory(tmp_path: Path) -> None:
    bouts = [made(number) for number in range(1, 240)]
    ledger = written(tmp_path / "ledger.sqlite", bouts)
    counted, expected = reported(CountedBouts(ledger, 1, 0.0)), reported(BoutsInMemory(bouts))
    ledger.close()
    assert counted.model_copy(update={"until": expected.until}) == expected  # the rows here were settled at T0


def test_a_bout_that_gets_a_label_later_is_counted_with_it(tmp_path: Path) -> None:
    bouts = [made(number) for number in range(1, 60)]
    ledger = written(tmp_path / "ledger.sqlite", bouts)
    before = reported(CountedBouts(ledger, 1, 0.0)).rights
    differing = next(bout for bout in bouts if bout.difference is not None and bout.label is None)
    label = Label(right=Right.NEITHER, by=Referee.PERSON)
    body = differing.model_copy(update={"label": label}).model_dump_json()
    with ledger.transaction() as tx:
        tx.replace_bouts([BoutRow(differing.id, 1, str(differing.pane), T0, None, body)])
    after = reported(CountedBouts(ledger, 1, 0.0)).rights
    ledger.close()
    assert after == {**before, Right.NEITHER: 1}


def test_only_bouts_of_the_epoch_since_its_beginning_are_the_running_stages(tmp_path: Path) -> None:
    bouts = [made(number) for number in range(1, 60)]
    ledger = written(tmp_path / "ledger.sqlite", bouts)
    since = bouts[40].began
    running = sum(group.running for group in CountedBouts(ledger, 1, since).groups)
    elsewhere = sum(group.running for group in CountedBouts(ledger, 2, since).groups)
    ledger.close()
    assert (running, elsewhere) == (19, 0)
