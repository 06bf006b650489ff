"""The verbs that read the ledger: status, why, agents, explain, history, diffs, report."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import examples, family, verb
from rollout.faces.cli.options import Actor, Json, Reason, SocketName, SocketPath


@verb("Look", "status", "status --json --socket-name work")
def status(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Where the rollout stands: stage, evidence, what it would have done."""
    from rollout.faces.cli.verbs.status import status as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "why")
def why(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """One paragraph: what holds the rollout, and what would change that."""
    from rollout.faces.cli.verbs.why import why as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "agents", "agents --json")
def agents(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """List the agents as each monitor sees them."""
    from rollout.faces.cli.verbs.agents import agents as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "explain %12")
def explain(
    pane: Annotated[str, typer.Argument(help="A pane's id, such as %12.")],
    *,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show the rule and the lines behind each monitor's verdict on a pane."""
    from rollout.faces.cli.verbs.agents import explain as work  # noqa: PLC0415

    raise typer.Exit(work(pane, socket_name, socket_path, as_json=json))


@verb("Look", "history", "history --verify", "history --json")
def history(
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Check the chain of hashes.")] = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show every change of the stage, and every approval: who, when and why."""
    from rollout.faces.cli.verbs.history import history as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, verify=verify, as_json=json))


@verb("Look", "report", "report --format md -o shadow.md", "report --format json")
def report(
    *,
    format: Annotated[str, typer.Option("--format", "-f", metavar="FORM", help="text, md or json.")] = "text",  # noqa: A002
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Write the shadow-diff report."""
    from rollout.faces.cli.verbs.report import report as work  # noqa: PLC0415

    raise typer.Exit(work("json" if json else format, output, socket_name, socket_path))


diffs = family("Look", "diffs", "List the differences in clusters, show one, accept or settle it.")


@diffs.command("list", epilog=examples("diffs list", "diffs list --json"))
def diffs_list(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """List the clusters of differences, the gravest first."""
    from rollout.faces.cli.verbs.diffs import listing  # noqa: PLC0415

    raise typer.Exit(listing(socket_name, socket_path, as_json=json))


@diffs.command("show", epilog=examples("diffs show 3f2a91"))
def diffs_show(
    cluster: Annotated[str, typer.Argument(metavar="ID", help="The cluster's id; its beginning is enough.")],
    *,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show what both monitors said, side by side, with the pane's text."""
    from rollout.faces.cli.verbs.diffs import show  # noqa: PLC0415

    raise typer.Exit(show(cluster, socket_name, socket_path, as_json=json))


@diffs.command("accept", epilog=examples('diffs accept 3f2a91 --reason "meant so" --days 14 --ceiling 0.05'))
def diffs_accept(
    cluster: Annotated[str, typer.Argument(metavar="ID", help="The cluster's id; its beginning is enough.")],
    *,
    reason: Reason,
    actor: Actor = None,
    days: Annotated[float, typer.Option(min=0.01, metavar="N", help="It expires after so many days.")] = 30.0,
    ceiling: Annotated[
        float, typer.Option(min=0.0001, max=1.0, metavar="RATE", help="It holds up to this share of the bouts.")
    ] = 1.0,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Sign a cluster off: it counts neither for nor against the candidate."""
    from rollout.faces.cli.verbs.diffs import Terms, accept  # noqa: PLC0415

    raise typer.Exit(accept(cluster, socket_name, socket_path, actor=actor, reason=reason, terms=Terms(days, ceiling)))


@diffs.command("settle", epilog=examples('diffs settle 3f2a91 candidate --reason "the composer is empty"'))
def diffs_settle(
    cluster: Annotated[str, typer.Argument(metavar="ID", help="The cluster's id; its beginning is enough.")],
    right: Annotated[str, typer.Argument(metavar="WHO", help="Who was right: incumbent, candidate, both, neither.")],
    *,
    reason: Reason,
    actor: Actor = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Say who was right in a cluster; that is evidence."""
    from rollout.faces.cli.verbs.diffs import settle  # noqa: PLC0415

    raise typer.Exit(settle(cluster, right, socket_name, socket_path, actor=actor, reason=reason))


@diffs.command("rules", epilog=examples("diffs rules", "diffs rules --json"))
def diffs_rules(
    *,
    socket_name: SocketName = None,  # noqa: ARG001 - every verb takes them, so that scripts need not know which do
    socket_path: SocketPath = None,  # noqa: ARG001
    json: Json = False,
) -> None:
    """List the expected differences: who is right about each, and why."""
    from rollout.faces.cli.verbs.diffs import rules  # noqa: PLC0415

    raise typer.Exit(rules(as_json=json))
