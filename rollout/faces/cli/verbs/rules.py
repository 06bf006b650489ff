"""`understudy diffs rules`: the register of expected differences; try and save an own rule."""

import json
import time
from pathlib import Path

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import emit, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.verbs.diffs import bouts_of
from rollout.faces.cli.verbs.signing import SignOffOptions, write_decision
from rollout.loop.decisions import RULE
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from shadow.bout import Bout
from shadow.expected import ExpectedDifference, read_entry, shipped
from shadow.rescoring import RescoredRate, RescoringResult, rescored


def listing(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """List the register, one's own entries with it."""
    with open_server_data(socket_name, socket_path) as found:
        entries = found.register.entries
    if as_json:
        emit({"rules": [entry.model_dump(mode="json") for entry in entries]})
    else:
        table(
            ((entry.id, f"{entry.right} right", f"<= {entry.ceiling:.3g}", entry.title) for entry in entries),
            header=("id", "", "ceiling", "what"),
        )
    return Exit.OK


def try_rule(path: Path, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show the bouts that a rule would have explained, and the rate with it; nothing is changed."""
    entry = read_entry(path)
    with open_server_data(socket_name, socket_path) as found:
        tried = _tried(found, entry)
    if as_json:
        emit({"rule": entry.id, **tried.model_dump(mode="json")})
    else:
        tell(entry.id, tried)
    return Exit.OK


def save_rule(
    path: Path, decision: SignOffOptions, socket_name: str | None, socket_path: Path | None, *, yes: bool
) -> Exit:
    """Save a rule for one server; first show the differences that it would have explained."""
    entry = read_entry(path)
    if not decision.reason:
        raise Stop(Exit.USAGE, f"{entry.id} needs a reason for the history: --reason TEXT")
    if shipped().entry(entry.id) is not None:
        raise Stop(Exit.USAGE, f"{path}: id: {entry.id!r} ships with the program. Choose another id")
    with open_server_data(socket_name, socket_path) as found:
        if found.ledger is None:
            raise Stop(Exit.CONFLICT, "no rollout has begun on this server. Start one: `understudy run`")
        tell(entry.id, _tried(found, entry))
        if not yes:
            confirm(f"Keep {entry.id}?")
        folder = found.folder.expected
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"{entry.id}.toml").write_bytes(path.read_bytes())
        body = json.dumps({"rule": entry.model_dump(mode="json")})
        write_decision(
            found,
            DecisionRow(round(time.time(), 6), RULE, entry.id, decision.actor or operator(), decision.reason, body),
        )
    say(f"Kept as {folder / entry.id}.toml; the next `understudy run` expects it.")
    return Exit.OK


def tell(name: str, tried: RescoringResult) -> None:
    """Show the bouts that a rule would have explained, those that change an action first."""
    say(
        f"{name} would have explained {tried.hides} bouts in {len(tried.clusters)} clusters, "
        f"{tried.hides_actions} of which change an action"
        + (f"; the candidate was wrong in {tried.hides_wrong} of them" if tried.hides_wrong else "")
        + "."
    )
    say(
        f"Unexplained bouts with a differing action: {_figure(tried.now)}; "
        f"with this rule {_figure(tried.would_have_been)}."
    )
    say("A rule applies from the next run on. The referee scores the spells with it and without it alike.")
    if tried.clusters:
        say(f"Explained clusters: {', '.join(tried.clusters)}")


def _tried(found: ServerData, entry: ExpectedDifference) -> RescoringResult:
    def expected(bout: Bout) -> bool:
        return bout.difference is not None and entry.matches(bout.difference)

    return rescored(bouts_of(found), expected)


def _figure(figures: RescoredRate) -> str:
    rate = "" if figures.rate is None else f" ({figures.rate:.2%})"
    return f"{figures.events} of {figures.bouts} bouts{rate}"
