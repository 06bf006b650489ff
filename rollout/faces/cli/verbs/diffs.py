"""`understudy diffs`: the clusters of differences, one of them in full, and a person's word on it."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.record import instant_text
from contract.tapes import TornTape
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import clock_time, emit, note, paint, say, table
from rollout.faces.cli.reading import NOTHING_YET, Reading, reading
from rollout.faces.cli.words import side_text
from rollout.store.ledger import DecisionRow, Ledger
from rollout.store.orders import operator
from shadow.bout import Bout
from shadow.clusters import Cluster, clusters
from shadow.differences import Difference, Side
from shadow.expected import shipped
from shadow.labels import Right
from shadow.signoffs import Acceptance, Settlement, Signoffs
from tmuxio.tapefile import read_tape

_DAY_S = 86400
_SHOWN_LINES = 14


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
        text = _screen(found, row)
    if as_json:
        example = row.example.model_dump(mode="json")
        emit({"cluster": as_document(row), "example": example, "screen": text})
        return Exit.OK
    _tell(row)
    if text is None:
        note("\nThe tape on which it was seen is kept no longer.")
    else:
        say(f"\nwhat pane {row.example.pane} showed:")
        for line in text.rstrip().splitlines()[-_SHOWN_LINES:]:
            say(f"  | {line}")
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
    single = [(row.at, Difference.model_validate_json(row.body)) for row in found.ledger.differences()]
    return clusters(bouts, now, differences=single, register=shipped(), signoffs=_signoffs(found))


def _signoffs(found: Reading) -> Signoffs:
    """What people said, also since the last cycle."""
    said = found.desk.trial.signoffs
    assert found.ledger is not None
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


def _screen(found: Reading, row: Cluster) -> str | None:
    if found.ledger is None or row.example.pane is None:
        return None
    for kept in found.ledger.differences(cluster=row.id, limit=200):
        for path in found.folder.tapes.glob(f"{kept.cycle}*"):
            try:
                shot = read_tape(path).tape.frames[-1].by_pane.get(kept.pane)
            except (TornTape, OSError):  # one that is just being written, or taken away: an older one does as well
                continue
            if shot is not None:
                return shot.text
    return None


def _tell(row: Cluster) -> None:
    example = row.example
    say(paint(f"{row.id}  differs in {row.severity}, {row.klass}", "bold"))
    seen = f"{row.bouts} bouts of {row.agents} agents, {row.share:.1%} of all"
    say(f"seen    {seen}; {clock_time(row.first_seen)} to {clock_time(row.last_seen)}")
    say(f"word    {_word(row) or 'nobody has said anything: `diffs settle` or `diffs accept`'}")
    if entry := shipped().entry(row.expected or ""):
        say(f"        {entry.why.strip()}")
    say(f"example {example.subject} {example.session}:{example.window} ({example.agent})")
    say()
    sides = [("", "incumbent", "candidate"), *_rows(example.incumbent, example.candidate)]
    table(sides, indent=2)


def _rows(incumbent: Side, candidate: Side) -> list[tuple[str, str, str]]:
    ours, theirs = list(incumbent.lines), list(candidate.lines)
    rows = [
        ("says", side_text(incumbent), side_text(candidate)),
        ("rule", incumbent.rule or "-", candidate.rule or "-"),
    ]
    for number in range(max(len(ours), len(theirs))):
        line = [lines[number].strip()[:60] if number < len(lines) else "" for lines in (ours, theirs)]
        rows.append(("line" if number == 0 else "", line[0], line[1]))
    return rows


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
