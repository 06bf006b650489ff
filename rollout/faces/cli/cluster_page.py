"""One cluster in full: both sides, its slices, its decisions, and the pane where a tape of it is kept."""

import shutil
import textwrap
import time

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.faces.cli.clusters import all_clusters, cluster_document, decision_text, the_one
from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import clock_time, emit, note, person_looks, say, table
from rollout.faces.cli.reading import ServerData
from rollout.loop.tape_store import find
from shadow.bout import Bout
from shadow.clusters import Cluster, ClusterSlice
from shadow.expected import ExpectedRegister
from shadow.report import show as in_full
from tmuxio.tapes.tapefile import read_tape
from understudy.screens import PaneShot
from understudy.tapes import TornTape

_TRIED = 20
"""Bouts, the newest ones, of which one is wanted whose tape is kept."""
_KINDS = 12
"""Slices of a cluster that are told."""
_WIDTH = 120
"""The width of the output without a terminal."""


def show_cluster(cluster: str, found: ServerData, *, as_json: bool) -> Exit:
    """Show one cluster: both sides, its slices, what was decided of it, and the pane's text where its tape is kept."""
    row = the_one(cluster, all_clusters(found, time.time()))
    shot, unreadable = _shot(found, row)
    if as_json:
        example = row.example.model_dump(mode="json")
        emit({"kind": "cluster", "cluster": cluster_document(row), "example": example, "screen": shot and shot.text})
        return Exit.OK
    _tell(row, shot, found.register)
    if shot is None and row.example.pane is not None:
        note(f"No screen of it can be shown: {unreadable or 'no tape that shows its pane is kept any more'}.")
    return Exit.OK


def _shot(found: ServerData, row: Cluster) -> tuple[PaneShot | None, str]:
    """The pane on a tape of one of the last such differences; None where none can be read, and why if one is kept."""
    unreadable = ""
    if found.ledger is None or row.example.pane is None:
        return None, unreadable
    for kept in found.ledger.differences(cluster=row.id, limit=200):
        try:
            path = find(found.folder.tapes, kept.cycle)
            shot = read_tape(path).tape.frames[-1].by_pane.get(kept.pane) if path is not None else None
        except (TornTape, OSError) as error:  # an older one does as well
            unreadable = unreadable or str(error)
            continue
        if shot is not None:
            return shot, ""
    screens = BoutScreens(found.folder.tapes)  # a cluster may come up in whole bouts alone
    bouts = (Bout.model_validate_json(one.body) for one in found.ledger.newest_bouts(row.id, _TRIED))
    return next((shot for bout in bouts if (shot := screens.shot(bout)) is not None), None), unreadable


def _tell(row: Cluster, shot: PaneShot | None, register: ExpectedRegister) -> None:
    width = shutil.get_terminal_size().columns if person_looks() else _WIDTH
    seen = f"{row.bouts} bouts of {row.agents} agents, {row.share:.1%} of all, {row.trend}"
    say(f"seen      {seen}; {clock_time(row.first_seen)} to {clock_time(row.last_seen)}")
    say(f"decided   {decision_text(row) or ('no' if row.open else 'needs no decision: the referee scores states')}")
    if row.open:
        say(f"waits     for you: `understudy diffs settle {row.id}` or `understudy diffs accept {row.id}`")
    if entry := register.entry(row.expected or ""):
        say(textwrap.fill(entry.why.strip(), width, initial_indent=" " * 10, subsequent_indent=" " * 10))
    if len(row.kinds) > 1:
        say()
        table(
            (_slice(one) for one in row.kinds[:_KINDS]), header=("bouts", "agent", "rules", "actions that differ", "")
        )
        if len(row.kinds) > _KINDS:
            say(f"and {len(row.kinds) - _KINDS} more kinds")
    say()
    say(in_full(row.example, shot, width=width).rstrip())


def _slice(one: ClusterSlice) -> tuple[str, ...]:
    alone = (
        *(f"-{intent_key}" for intent_key in one.only_incumbent_wants),
        *(f"+{intent_key}" for intent_key in one.only_candidate_wants),
    )
    rules = f"{one.incumbent_rule or '-'} / {one.candidate_rule or '-'}"
    return (str(one.bouts), one.agent, rules, " ".join(alone) or "-", one.expected or "not expected")
