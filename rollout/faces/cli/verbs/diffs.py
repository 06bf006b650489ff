"""`understudy diffs`: the clusters of differences, one of them in full, and a person's word on it."""

import json
import shutil
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.record import instant_text
from contract.screens import PaneShot
from contract.tapes import TornTape
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import clock_time, emit, note, person_looks, say, table
from rollout.faces.cli.reading import NOTHING_YET, Reading, reading
from rollout.faces.cli.words import side_text
from rollout.store.ledger import DecisionRow, Ledger
from rollout.store.orders import operator
from shadow.bout import Bout
from shadow.clusters import Cluster, clusters
from shadow.differences import Difference
from shadow.expected import shipped
from shadow.labels import Right
from shadow.report import show as in_full
from shadow.signoffs import Acceptance, Settlement, Signoffs
from tmuxio.tapefile import read_tape

_DAY_S = 86400
_WIDTH = 120
"""Of what is shown where no terminal says its own."""


def listing(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """List the clusters, the gravest first."""
    with reading(socket_name, socket_path) as found:
        rows = all_clusters(found, time.time())
    if as_json:
        emit({"clusters": [as_document(row) for row in rows]})
        return Exit.OK
    if found.ledger is None:
        note(NOTHING_YET)
    elif not rows:
        note("No difference so far.")
    table((_line(row) for row in rows), header=("id", "differs in", "bouts", "agents", "incumbent", "candidate", ""))
    return Exit.OK


def show(cluster: str, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show one cluster: both sides, who said what of it, and the pane's text where its tape is kept."""
    with reading(socket_name, socket_path) as found:
        row = _the_one(cluster, all_clusters(found, time.time()))
        shot = _shot(found, row)
    if as_json:
        example = row.example.model_dump(mode="json")
        emit({"cluster": as_document(row), "example": example, "screen": shot and shot.text})
        return Exit.OK
    _tell(row, shot)
    if shot is None and row.example.pane is not None:
        note("The tape on which it was seen is kept no longer.")
    return Exit.OK


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long and how often a cluster is accepted."""

    days: float
    ceiling: float


def accept(
    cluster: str,
    socket_name: str | None,
    socket_path: Path | None,
    *,
    actor: str | None,
    reason: str,
    terms: Terms,
) -> Exit:
    """Sign a cluster off until it expires; the loop acts on it from its next cycle."""
    now = round(time.time(), 6)
    with reading(socket_name, socket_path) as found:
        row = _the_one(cluster, all_clusters(found, now))
        expires = instant_text(round(now + terms.days * _DAY_S, 6))
        _decide(
            found,
            DecisionRow(
                now,
                "accept",
                row.id,
                actor or operator(),
                reason,
                json.dumps({"expires": expires, "ceiling": terms.ceiling}),
            ),
        )
    say(f"Accepted {row.id} until {expires[:10]}, up to {terms.ceiling:.3g} of all bouts.")
    return Exit.OK


def settle(
    cluster: str, right: str, socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str
) -> Exit:
    """Say who was right; that is evidence for or against the candidate."""
    if right not in set(Right):
        raise Stop(Exit.USAGE, f"{right} cannot be right: name one of {', '.join(Right)}")
    now = round(time.time(), 6)
    with reading(socket_name, socket_path) as found:
        row = _the_one(cluster, all_clusters(found, now))
        _decide(found, DecisionRow(now, "settle", row.id, actor or operator(), reason, json.dumps({"right": right})))
    say(f"Settled {row.id}: {right} right.")
    return Exit.OK


def rules(*, as_json: bool) -> Exit:
    """List the register of expected differences."""
    entries = shipped().entries
    if as_json:
        emit({"rules": [entry.model_dump(mode="json") for entry in entries]})
    else:
        table(
            ((entry.id, f"{entry.right} right", f"<= {entry.ceiling:.3g}", entry.title) for entry in entries),
            header=("id", "", "ceiling", "what"),
        )
    return Exit.OK


def all_clusters(found: Reading, now: float) -> tuple[Cluster, ...]:
    """Cluster everything that the ledger holds, with every word that was said of it so far."""
    if found.ledger is None:
        return ()
    bouts = [Bout.model_validate_json(row.body) for row in found.ledger.bouts()]
    return clusters(bouts, now, differences=differences_of(found), register=shipped(), signoffs=signoffs_of(found))


def differences_of(found: Reading) -> list[tuple[float, Difference]]:
    """The last single differences with their instants, newest first."""
    rows = found.ledger.differences() if found.ledger else ()
    return [(row.at, Difference.model_validate_json(row.body)) for row in rows]


def signoffs_of(found: Reading) -> Signoffs:
    """What people said, also since the last cycle."""
    said = found.desk.trial.signoffs
    if found.ledger is None:
        return said
    for row in found.ledger.decisions(after=found.desk.trial.decisions_read):
        body = json.loads(row.body)
        if row.kind == "accept":
            said = said.accept(Acceptance(cluster=row.subject, owner=row.actor, reason=row.reason, at=row.at, **body))
        elif row.kind == "settle":
            said = said.settle(Settlement(cluster=row.subject, owner=row.actor, reason=row.reason, at=row.at, **body))
    return said


def as_document(row: Cluster) -> dict[str, Any]:
    """A cluster as scripts get it."""
    body = row.model_dump(mode="json")
    keys = ("id", "severity", "bouts", "agents", "first_seen", "last_seen", "expected", "accepted", "settled")
    more = ("counted", "share", "rights", "over_ceiling")
    return {"class": body["klass"], **{key: body[key] for key in (*keys, *more)}, "open": row.open}


def _the_one(cluster: str, rows: tuple[Cluster, ...]) -> Cluster:
    name = cluster if cluster.startswith("d-") else f"d-{cluster}"
    matching = [row for row in rows if row.id.startswith(name)]
    if len(matching) != 1:
        known = ", ".join(row.id for row in matching or rows) or "none so far"
        what = "more than one cluster begins with" if matching else "there is no cluster"
        raise Stop(Exit.USAGE, f"{what} {cluster}; there are: {known}")
    return matching[0]


def _decide(found: Reading, row: DecisionRow) -> None:
    ledger = Ledger(found.folder.ledger)
    try:
        with ledger.transaction() as tx:
            tx.add_decision(row)
    finally:
        ledger.close()


def _shot(found: Reading, row: Cluster) -> PaneShot | None:
    """The pane as both saw it, where the tape of one of the last such differences is kept."""
    if found.ledger is None or row.example.pane is None:
        return None
    for kept in found.ledger.differences(cluster=row.id, limit=200):
        for path in found.folder.tapes.glob(f"{kept.cycle}*"):
            try:
                shot = read_tape(path).tape.frames[-1].by_pane.get(kept.pane)
            except (TornTape, OSError):  # one that is just being written, or taken away: an older one does as well
                continue
            if shot is not None:
                return shot
    return None


def _tell(row: Cluster, shot: PaneShot | None) -> None:
    width = shutil.get_terminal_size().columns if person_looks() else _WIDTH
    seen = f"{row.bouts} bouts of {row.agents} agents, {row.share:.1%} of all"
    say(f"seen      {seen}; {clock_time(row.first_seen)} to {clock_time(row.last_seen)}")
    say(f"word      {_word(row) or 'nobody has said anything: `diffs settle` or `diffs accept`'}")
    if entry := shipped().entry(row.expected or ""):
        say(textwrap.fill(entry.why.strip(), width, initial_indent=" " * 10, subsequent_indent=" " * 10))
    say()
    say(in_full(row.example, shot, width=width).rstrip())


def _line(row: Cluster) -> tuple[str, ...]:
    kind = row.severity if row.klass == "true" else f"{row.severity} ({row.klass})"
    sides = side_text(row.example.incumbent), side_text(row.example.candidate)
    return (row.id, kind, str(row.bouts), str(row.agents), *sides, _word(row))


def _word(row: Cluster) -> str:
    words = []
    if row.settled:
        words.append(f"settled: {row.settled} right")
    if row.accepted:
        words.append("accepted")
    if row.expected:
        words.append(f"expected: {row.expected}")
    if row.over_ceiling:
        words.append("above its ceiling")
    if row.rights and not row.settled:
        words.append("hindsight: " + ", ".join(f"{right} {count}" for right, count in row.rights.items()))
    return "; ".join(words)
