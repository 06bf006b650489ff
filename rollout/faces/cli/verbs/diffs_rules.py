"""`understudy diffs rules`: the register of expected differences; try and save an own rule."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.clusters import bouts_of
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Actor, Json, Reason, Yes
from rollout.faces.cli.output import emit, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.sign_offs import SignOffOptions, write_decision
from rollout.faces.cli.verb import verb
from rollout.loop.decisions import RULE
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from shadow.bout import Bout
from shadow.expected import ExpectedDifference, read_entry, shipped
from shadow.rescoring import RescoredRate, RescoringResult, rescored


@verb(
    "diffs rules",
    "diffs rules",
    "diffs rules --try mine.toml            # what it would explain, before it is saved",
    'diffs rules --save mine.toml --reason "the banner is new"',
)
def diffs_rules(
    *,
    try_: Annotated[
        Path | None, typer.Option("--try", metavar="FILE", help="Show what this rule would have explained.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep this rule for this server, from the next run on.")
    ] = None,
    reason: Reason = "",
    actor: Actor = None,
    yes: Yes = False,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """List the expected differences, which monitor is right in each and why; try or save one of your own."""
    if try_ is not None:
        return _try_rule(try_, server, as_json=as_json)
    if save is not None:
        return _save_rule(save, SignOffOptions(reason=reason, actor=actor), server, yes=yes)
    return _listing(server, as_json=as_json)


def _listing(server: ServerSelection, *, as_json: bool) -> Exit:
    """List the register, one's own entries with it."""
    with open_server_data(server) as found:
        entries = found.register.entries
    if as_json:
        emit({"rules": [entry.model_dump(mode="json") for entry in entries]})
    else:
        table(
            ((entry.id, f"{entry.right} right", f"<= {entry.ceiling:.3g}", entry.title) for entry in entries),
            header=("id", "", "ceiling", "what"),
        )
    return Exit.OK


def _try_rule(path: Path, server: ServerSelection, *, as_json: bool) -> Exit:
    """Show the bouts that a rule would have explained, and the rate with it; nothing is changed."""
    entry = read_entry(path)
    with open_server_data(server) as found:
        tried = _tried(found, entry)
    if as_json:
        emit({"rule": entry.id, **tried.model_dump(mode="json")})
    else:
        tell(entry.id, tried)
    return Exit.OK


def _save_rule(path: Path, decision: SignOffOptions, server: ServerSelection, *, yes: bool) -> Exit:
    """Save a rule for one server; first show the differences that it would have explained."""
    entry = read_entry(path)
    if not decision.reason:
        raise Stop(Exit.USAGE, f"{entry.id} needs a reason for the history: --reason TEXT")
    if shipped().entry(entry.id) is not None:
        raise Stop(Exit.USAGE, f"{path}: id: {entry.id!r} ships with the program. Choose another id")
    with open_server_data(server) as found:
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
