"""`understudy diffs list`: the clusters of differences, the gravest first."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer

from rollout.faces.cli.clusters import all_clusters, cluster_document, decision_text
from rollout.faces.cli.exits import Exit
from rollout.faces.cli.formatting import side_text
from rollout.faces.cli.headlines import headline_of
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, note, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.status_document import headline_document
from rollout.faces.cli.verb import verb
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.decisions import SETTLE_BOUT
from rollout.store.server_selection import ServerSelection
from shadow.clusters import Cluster

_WEEK_S = 7 * 86400
_HEADS = ("id", "differs in", "bouts", "share", "trend", "agents", "incumbent", "candidate", "")


@verb("diffs list", "diffs list", "diffs list --open", "diffs list --json")
def diffs_list(
    *,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that wait for a decision.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="Also those decided one way, a line each.")] = False,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """List the clusters of differences, the gravest first.

    A cluster is one pair of states, with or without a differing action. Clusters of which at least 95 % of the decided
    bouts went one way are shown as one line.
    """
    with open_server_data(server) as found:
        rows = all_clusters(found, time.time())
        if only_open:
            rows = tuple(row for row in rows if row.open)
        if as_json:
            said = headline_of(found)
            emit(
                {
                    "headline": headline_document(said),
                    "decisions": said.decisions,
                    "clusters": [cluster_document(row) for row in rows],
                }
            )
            return Exit.OK
        if found.ledger is None:
            note(NOTHING_YET)
        elif not rows:
            note("No cluster waits for a decision." if only_open else "No difference so far.")
        folded = tuple(row for row in rows if row.one_way and not row.open and not whole)
        table((_line(row) for row in rows if row not in folded), header=_HEADS)
        for line in _folded(folded):
            say(line)
        if found.ledger is not None:
            note(headline_of(found).text)
        _remind(found)
    return Exit.OK


def _folded(rows: tuple[Cluster, ...]) -> Iterator[str]:
    """Say in a line how many clusters are decided at least 95 % one way."""
    for right in dict.fromkeys(row.one_way for row in rows):
        those = [row for row in rows if row.one_way is right]
        bouts = sum(row.bouts for row in those)
        many = f"{len(those)} cluster{'s' if len(those) > 1 else ''}, {bouts} bouts"
        yield f"Decided for the {right}, at least 95 % of the decided bouts: {many}. All: `understudy diffs list --all`"


def _line(row: Cluster) -> tuple[str, ...]:
    kind = row.severity if row.klass == "true" else f"{row.severity} ({row.klass})"
    sides = side_text(row.example.incumbent), side_text(row.example.candidate)
    counts = (str(row.bouts), f"{row.share:.1%}", row.trend, str(row.agents))
    return (row.id, kind, *counts, *sides, decision_text(row))


def _remind(found: ServerData) -> None:
    """Remind the operator once a week to review a random sample: it also audits the agreements."""
    if found.ledger is None or found.last_cycle is None:
        return
    first = found.ledger.first_cycle_at() or found.last_cycle.at
    drawn = max((row.at for row in found.ledger.decisions(SETTLE_BOUT)), default=first)
    if found.last_cycle.at - drawn > _WEEK_S:
        note("No sample was reviewed for a week: understudy diffs settle --sample 20")
