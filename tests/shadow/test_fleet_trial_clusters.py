"""An operator's path on the recorded trial of six CLIs: what waits for a person before canary, each with its screen."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from in_memory import clusters

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.loop.stage_controller import StageController
from rollout.store.flags import FlagsFile
from rollout.store.ledger import BoutRow, CycleRow, Ledger
from rollout.store.state_folder import StateFolder
from shadow.bout import Bout
from shadow.bouts import BoutBook, ComparedLook, advance
from shadow.compare import compare
from shadow.expected import shipped
from shadow.signoffs import NOBODY_SAID
from shadow.tallies import Tallies

if TYPE_CHECKING:
    from shadow.clusters import Cluster
    from tests.cli.shell import Shell

sys.path.insert(0, str(Path(__file__).parents[1] / "referee"))
from recorded_trial import TRIAL, analysis

pytest_plugins = ["tests.cli.shell"]
TAPES = TRIAL / "tapes"
MOST_OPEN = 15
MOST_DECISIONS = 5
pytestmark = pytest.mark.timeout(300)  # the first test watches the whole trial


@pytest.fixture(scope="module")
def bouts() -> list[Bout]:
    """The settled bouts of the trial, legacy as incumbent and modular as candidate."""
    rules, register = DEFAULT_PLAN.bout_rules, shipped()
    book, settled, at = BoutBook(), list[Bout](), 0.0
    for seen in analysis():
        at, found = seen.tape.at, compare(seen.incumbent, seen.candidate, register)
        look = ComparedLook.model_construct(
            at=at, incumbent=seen.incumbent, candidate=seen.candidate, differences=found, tape=seen.tape
        )
        book, more = advance(book, look, at, rules=rules, register=register)
        settled += more
    _, more = advance(book, None, at + rules.at_latest_s + rules.settling_s, rules=rules, register=register)
    return [*settled, *more]


@pytest.fixture(scope="module")
def rows(bouts: list[Bout]) -> tuple[Cluster, ...]:
    return clusters(bouts, end_of(bouts), register=shipped())


def end_of(bouts: list[Bout]) -> float:
    return max(bout.settled_at or 0.0 for bout in bouts)


def test_at_most_five_of_at_most_15_open_clusters_need_a_decision_before_canary(rows: tuple[Cluster, ...]) -> None:
    waiting = [row for row in rows if row.open]
    told = [
        f"{len(rows)} clusters, {sum(row.one_way is not None for row in rows)} decided one way, {len(waiting)} open:",
        *(f"  {row.id} {row.example.incumbent.state} -> {row.example.candidate.state}: {row.bouts}" for row in waiting),
    ]
    sys.stdout.write("\n".join(("", *told, "")))
    assert 0 < len(waiting) <= min(MOST_DECISIONS, MOST_OPEN)


def test_every_action_difference_that_nothing_explains_is_asked(rows: tuple[Cluster, ...], bouts: list[Bout]) -> None:
    unexplained = {
        bout.difference.cluster
        for bout in bouts
        if bout.difference is not None and bout.action_differs and bout.difference.expected is None
    }
    excused = {row.id for row in rows if row.proven}
    assert unexplained - excused == {row.id for row in rows if row.open}


def test_every_cluster_that_waits_has_an_action_that_differs_and_a_screen(
    rows: tuple[Cluster, ...], bouts: list[Bout]
) -> None:
    screens = BoutScreens(TAPES)
    for row in (row for row in rows if row.open):
        own = [bout for bout in bouts if bout.fingerprint.cluster == row.id]
        assert row.severity == "action"
        assert any(screens.shot(bout) is not None for bout in own if bout.pane is not None), row.id


def test_the_judge_counts_the_same_open_clusters(rows: tuple[Cluster, ...], bouts: list[Bout]) -> None:
    judged = Tallies().count(bouts, shipped()).open(NOBODY_SAID, shipped(), end_of(bouts))
    assert judged == tuple(sorted(row.id for row in rows if row.open))


def test_each_decision_is_offered_with_its_screen(
    understudy: Shell, rows: tuple[Cluster, ...], bouts: list[Bout]
) -> None:
    kept(understudy, bouts)
    listed = understudy("diffs", "list", "--open", "-S", understudy.folder / "s", "--json").json["clusters"]
    assert {row["id"] for row in listed} == {row.id for row in rows if row.open}
    for row in (row for row in rows if row.open):
        shown = understudy("diffs", "show", row.id, "-S", understudy.folder / "s")
        screen = understudy("diffs", "show", row.id, "-S", understudy.folder / "s", "--json").json["screen"]
        assert f"waits     for you: `understudy diffs settle {row.id}`" in shown.out
        lines = [line.strip() for line in screen.splitlines() if line.strip()]
        assert lines
        assert lines[-1][:40] in shown.out, row.id


def kept(understudy: Shell, bouts: list[Bout]) -> None:
    """Keep the bouts and the tapes of the trial as a run in shadow would have."""
    folder = StateFolder(understudy.state).prepare(understudy.folder / "s")
    copytree(TAPES, folder.tapes, dirs_exist_ok=True)
    ledger = Ledger(folder.ledger)
    began = min(bout.began for bout in bouts) - 1
    StageController(ledger, FlagsFile(folder.flags), DEFAULT_PLAN).wake(began)
    epoch = 1
    with ledger.transaction() as tx:
        tx.add_cycle(CycleRow("c-1", began, "shadow", False, "shadow", epoch, 0.5, {}), {})
        tx.add_bouts(
            BoutRow(
                bout.id,
                epoch,
                bout.pane or bout.session,
                bout.settled_at or bout.began,
                None if bout.agrees else bout.fingerprint.cluster,
                bout.model_dump_json(exclude_defaults=True),
            )
            for bout in bouts
        )
    ledger.close()
