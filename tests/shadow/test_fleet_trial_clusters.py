"""An operator's path on the recorded trial of six CLIs: how many clusters wait for a person, each with its screen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.loop.hosting.host import HostLimits, MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.loop.replaying import Player, replay
from shadow.bout import Bout
from shadow.bouts import BoutBook, ComparedLook, advance
from shadow.clusters import Cluster, clusters
from shadow.compare import compare
from shadow.expected import shipped
from shadow.signoffs import NOBODY_SAID
from shadow.tallies import Tallies
from tmuxio.tapes.tapefile import read_packed

TAPES = Path(__file__).parents[1] / "data" / "fleet-trial" / "tapes"
MOST_OPEN = 15
pytestmark = pytest.mark.timeout(600)  # two monitors read 550 tapes


@pytest.fixture(scope="module")
def bouts(tmp_path_factory: pytest.TempPathFactory) -> list[Bout]:
    """The settled bouts of the trial, legacy as incumbent and modular as candidate."""
    logs, rules, register = tmp_path_factory.mktemp("logs"), DEFAULT_PLAN.bout_rules, shipped()
    hosts = [
        MonitorHost(monitor_spec(name), logs / name, limits=HostLimits(deadline_s=120))
        for name in ("legacy", "modular")
    ]
    book, settled, at = BoutBook(), list[Bout](), 0.0
    try:
        tapes = (read_packed(path) for path in sorted(TAPES.glob("*.tape.gz")))
        for seen in replay(tapes, *map(Player, hosts)):
            (ours, theirs), at = seen.reports, seen.tape.at
            found = compare(ours, theirs, register)
            look = ComparedLook(at=at, incumbent=ours, candidate=theirs, differences=found, tape=seen.tape)
            book, more = advance(book, look, at, rules=rules, register=register)
            settled += more
    finally:
        for host in hosts:
            host.close()
    _, more = advance(book, None, at + rules.at_latest_s + rules.settling_s, rules=rules, register=register)
    return [*settled, *more]


@pytest.fixture(scope="module")
def rows(bouts: list[Bout]) -> tuple[Cluster, ...]:
    return clusters(bouts, max(bout.settled_at or 0.0 for bout in bouts), register=shipped())


def test_at_most_15_clusters_wait_for_a_person(rows: tuple[Cluster, ...]) -> None:
    waiting = [row for row in rows if row.open]
    told = [
        f"{len(rows)} clusters, {sum(row.one_way is not None for row in rows)} decided one way, {len(waiting)} open:",
        *(f"  {row.id} {row.example.incumbent.state} -> {row.example.candidate.state}: {row.bouts}" for row in waiting),
    ]
    sys.stdout.write("\n".join(("", *told, "")))
    assert 0 < len(waiting) <= MOST_OPEN


def test_every_cluster_that_waits_has_an_action_that_differs_and_a_screen(
    rows: tuple[Cluster, ...], bouts: list[Bout]
) -> None:
    screens = BoutScreens(TAPES)
    for row in (row for row in rows if row.open):
        own = [bout for bout in bouts if bout.fingerprint.cluster == row.id]
        assert row.severity == "action"
        assert any(screens.shot(bout) is not None for bout in own if bout.pane is not None), row.id


def test_the_judge_counts_the_same_open_clusters(rows: tuple[Cluster, ...], bouts: list[Bout]) -> None:
    now = max(bout.settled_at or 0.0 for bout in bouts)
    judged = Tallies().count(bouts, shipped()).open(NOBODY_SAID, shipped(), now)
    assert judged == tuple(sorted(row.id for row in rows if row.open))
