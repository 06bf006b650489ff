"""`understudy diffs list` and `show`: the clusters of differences, and one of them in full."""

import shutil
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.formatting import side_text
from rollout.faces.cli.headlines import headline_of
from rollout.faces.cli.output import clock_time, emit, note, person_looks, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.verbs.status import headline_document
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.decisions import SETTLE_BOUT, with_decision
from rollout.loop.tape_store import find
from shadow.bout import Bout
from shadow.clusters import Cluster, ClusterSlice, StageCounts, clusters_of, running_counts
from shadow.differences import Difference
from shadow.expected import ExpectedRegister
from shadow.openness import CeilingCounts
from shadow.report import show as in_full
from shadow.signoffs import Lapse, Signoffs
from tmuxio.tapes.tapefile import read_tape
from understudy.screens import PaneShot
from understudy.tapes import TornTape

_WEEK_S = 7 * 86400
_HEADS = ("id", "differs in", "bouts", "share", "trend", "agents", "incumbent", "candidate", "")
_REOPENED = {
    Lapse.EXPIRED: "reopened: its sign-off has expired",
    Lapse.VERSION: "reopened: another version runs than it was signed off for",
    Lapse.CEILING: "reopened: above the ceiling it was signed off for",
}
_TRIED = 20
"""Bouts, the newest ones, of which one is wanted whose tape is kept."""
_KINDS = 12
"""Slices of a cluster that are told."""
_WIDTH = 120
"""The width of the output without a terminal."""


def listing(
    socket_name: str | None, socket_path: Path | None, *, as_json: bool, only_open: bool = False, whole: bool = False
) -> Exit:
    """List the clusters, the gravest first; those decided one way are one line, unless the `whole` list is wanted."""
    with open_server_data(socket_name, socket_path) as found:
        rows = all_clusters(found, time.time())
        if only_open:
            rows = tuple(row for row in rows if row.open)
        if as_json:
            said = headline_of(found)
            emit(
                {
                    "headline": headline_document(said),
                    "decisions": said.decisions,
                    "clusters": [as_document(row) for row in rows],
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


def show_cluster(cluster: str, found: ServerData, *, as_json: bool) -> Exit:
    """Show one cluster: both sides, its slices, what was decided of it, and the pane's text where its tape is kept."""
    row = the_one(cluster, all_clusters(found, time.time()))
    shot = _shot(found, row)
    if as_json:
        example = row.example.model_dump(mode="json")
        emit({"kind": "cluster", "cluster": as_document(row), "example": example, "screen": shot and shot.text})
        return Exit.OK
    _tell(row, shot, found.register)
    if shot is None and row.example.pane is not None:
        note("The tape on which it was seen is kept no longer.")
    return Exit.OK


def all_clusters(found: ServerData, now: float) -> tuple[Cluster, ...]:
    """Cluster all differences of the ledger, with every decision on them so far."""
    if found.ledger is None:
        return ()
    return clusters_of(
        found.settled,
        now,
        differences=differences_of(found),
        register=found.register,
        signoffs=signoffs_of(found),
        stage=stage_counts(found),
    )


def stage_counts(found: ServerData) -> StageCounts:
    """Return what the judge counts of the running stage: which clusters are open is told by that alone."""
    groups, kept = found.settled.groups, found.loop_state.analysis.tallies.ceilings
    ceilings = kept if kept.total else CeilingCounts.of_groups(groups)
    return StageCounts(running_counts(groups, found.register), ceilings)


def bouts_of(found: ServerData) -> list[Bout]:
    """Every settled bout that is kept, oldest first."""
    return [Bout.model_validate_json(row.body) for row in found.ledger.bouts()] if found.ledger else []


def differences_of(found: ServerData) -> list[tuple[float, Difference]]:
    """The last single differences with their instants, newest first."""
    rows = found.ledger.differences() if found.ledger else ()
    return [(row.at, Difference.model_validate_json(row.body)) for row in rows]


def signoffs_of(found: ServerData) -> Signoffs:
    """Return the sign-offs of people, also since the last cycle."""
    said = found.loop_state.analysis.signoffs
    if found.ledger is None:
        return said
    for row in found.ledger.decisions(after=found.loop_state.analysis.decisions_read):
        said = with_decision(said, row)
    return said


def as_document(row: Cluster) -> dict[str, Any]:
    """A cluster as scripts get it."""
    body = row.model_dump(mode="json")
    keys = ("id", "severity", "bouts", "agents", "first_seen", "last_seen", "expected", "accepted", "settled")
    more = ("counted", "decided", "share", "trend", "slices", "rights", "over_ceiling", "reopened")
    told = {key: body[key] for key in (*keys, *more, "one_way")}
    return {"class": body["klass"], **told, "open": row.open, "kinds": body["kinds"]}


def the_one(cluster: str, rows: tuple[Cluster, ...]) -> Cluster:
    """Find the cluster whose id begins so; raises `Stop` where it is none, or more than one."""
    name = cluster if cluster.startswith("d-") else f"d-{cluster}"
    matching = [row for row in rows if row.id.startswith(name)]
    if len(matching) != 1:
        known = ", ".join(row.id for row in matching or rows) or "none so far"
        what = "more than one cluster begins with" if matching else "there is no cluster"
        raise Stop(Exit.USAGE, f"{what} {cluster}; there are: {known}")
    return matching[0]


def _shot(found: ServerData, row: Cluster) -> PaneShot | None:
    """The pane as both saw it, where the tape of one of the last such differences is kept."""
    if found.ledger is None or row.example.pane is None:
        return None
    for kept in found.ledger.differences(cluster=row.id, limit=200):
        try:
            path = find(found.folder.tapes, kept.cycle)
            shot = read_tape(path).tape.frames[-1].by_pane.get(kept.pane) if path is not None else None
        except (TornTape, OSError):  # one that is just being written, or taken away: an older one does as well
            continue
        if shot is not None:
            return shot
    screens = BoutScreens(found.folder.tapes)  # a cluster may come up in whole bouts alone
    bouts = (Bout.model_validate_json(one.body) for one in found.ledger.newest_bouts(row.id, _TRIED))
    return next((shot for bout in bouts if (shot := screens.shot(bout)) is not None), None)


def _tell(row: Cluster, shot: PaneShot | None, register: ExpectedRegister) -> None:
    width = shutil.get_terminal_size().columns if person_looks() else _WIDTH
    seen = f"{row.bouts} bouts of {row.agents} agents, {row.share:.1%} of all, {row.trend}"
    say(f"seen      {seen}; {clock_time(row.first_seen)} to {clock_time(row.last_seen)}")
    say(f"decided   {_word(row) or ('no' if row.open else 'needs no decision: the referee scores states')}")
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


def _folded(rows: tuple[Cluster, ...]) -> Iterator[str]:
    """Say in a line how many clusters are decided at least 95 % one way."""
    for right in dict.fromkeys(row.one_way for row in rows):
        those = [row for row in rows if row.one_way is right]
        bouts = sum(row.bouts for row in those)
        many = f"{len(those)} cluster{'s' if len(those) > 1 else ''}, {bouts} bouts"
        yield f"Decided for the {right}, at least 95 % of the decided bouts: {many}. All: `understudy diffs list --all`"


def _slice(one: ClusterSlice) -> tuple[str, ...]:
    alone = (
        *(f"-{intent_key}" for intent_key in one.only_incumbent_wants),
        *(f"+{intent_key}" for intent_key in one.only_candidate_wants),
    )
    rules = f"{one.incumbent_rule or '-'} / {one.candidate_rule or '-'}"
    return (str(one.bouts), one.agent, rules, " ".join(alone) or "-", one.expected or "not expected")


def _line(row: Cluster) -> tuple[str, ...]:
    kind = row.severity if row.klass == "true" else f"{row.severity} ({row.klass})"
    sides = side_text(row.example.incumbent), side_text(row.example.candidate)
    counts = (str(row.bouts), f"{row.share:.1%}", row.trend, str(row.agents))
    return (row.id, kind, *counts, *sides, _word(row))


def _word(row: Cluster) -> str:
    words = []
    if row.settled:
        words.append(f"settled: {row.settled} right")
    if row.accepted:
        words.append("accepted")
    if row.expected:
        words.append(f"expected: {row.expected}")
    if row.reopened and not row.settled:
        words.append(_REOPENED[row.reopened])
    if row.over_ceiling and row.reopened is not Lapse.CEILING:
        words.append("above its ceiling")
    if row.contradicted and row.expected:
        words.append(f"contradicted {row.contradicted} times")
    if row.rights and not row.settled:
        known = ", ".join(f"{right} {count}" for right, count in row.rights.items())
        words.append(f"hindsight: {known}" + ("" if row.decided else ", one-sided"))
    return "; ".join(words)


def _remind(found: ServerData) -> None:
    """Remind the operator once a week to review a random sample: it also audits the agreements."""
    if found.ledger is None or found.last_cycle is None:
        return
    first = found.ledger.first_cycle_at() or found.last_cycle.at
    drawn = max((row.at for row in found.ledger.decisions(SETTLE_BOUT)), default=first)
    if found.last_cycle.at - drawn > _WEEK_S:
        note("No sample was reviewed for a week: understudy diffs settle --sample 20")
