"""The verbs that read the ledger: status, why, agents, explain, history, report."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Json, SocketName, SocketPath


@verb("Look", "status", "status --json --socket-name work")
def status(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Show the stage, the evidence and the actions that were not done."""
    from rollout.faces.cli.verbs.status import status as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "why")
def why(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Explain in one paragraph what holds the rollout and what would change that."""
    from rollout.faces.cli.verbs.why import why as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "agents", "agents --json")
def agents(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """List the agents as each monitor sees them."""
    from rollout.faces.cli.verbs.agents import agents as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Look", "explain %12", "explain spell")
def explain(
    what: Annotated[
        str, typer.Argument(metavar="PANE|TERM", help="A pane's id, such as %12, or a term, such as spell.")
    ],
    *,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show the rule and the lines behind each monitor's verdict on a pane, or define a term."""
    if not what.startswith("%"):
        from rollout.faces.cli.verbs.glossary import explain_term  # noqa: PLC0415

        raise typer.Exit(explain_term(what, as_json=json))
    from rollout.faces.cli.verbs.agents import explain as work  # noqa: PLC0415

    raise typer.Exit(work(what, socket_name, socket_path, as_json=json))


@verb("Look", "history", "history --verify", "history --head 3f2a91c07d4e", "history --json")
def history(
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Verify the chain of hashes.")] = False,
    head: Annotated[
        str, typer.Option("--head", metavar="HASH", help="Also check that the row with this audit head exists.")
    ] = "",
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Show every change of the stage, and every approval: who, when and why."""
    from rollout.faces.cli.verbs.history import history as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, verify=verify, seen_head=head, as_json=json))


@verb("Look", "metrics", "metrics --port 9464", "metrics --once", "curl -s localhost:9464/readyz?verbose")
def metrics(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="The port; 0 for any.")] = 9464,
    once: Annotated[bool, typer.Option("--once", help="Print the metrics and exit.")] = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Serve /metrics, /livez and /readyz until interrupted."""
    from rollout.faces.cli.verbs.metrics import metrics as work  # noqa: PLC0415

    raise typer.Exit(work(host, port, socket_name, socket_path, once=once))


@verb(
    "Look", "report", "report --format html -o shadow.html", "report --format md -o shadow.md", "report --format json"
)
def report(
    *,
    format: Annotated[str, typer.Option("--format", "-f", metavar="FORM", help="text, html, md or json.")] = "text",  # noqa: A002
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")] = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Write the shadow-diff report. Its terms: `understudy explain TERM`, or docs/glossary.md."""
    from rollout.faces.cli.verbs.report import report as work  # noqa: PLC0415

    raise typer.Exit(work("json" if json else format, output, socket_name, socket_path))
