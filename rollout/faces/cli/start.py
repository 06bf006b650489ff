"""The verbs to start with: demo, run, doctor, config, flags, schema. Only their signatures; the work is in `verbs/`."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import examples, family, verb
from rollout.faces.cli.options import Candidate, DryRun, Incumbent, Json, SocketName, SocketPath


@verb("Start", "demo", "demo --json | tail -n 1")
def demo(*, json: Json = False) -> None:
    """Run a whole migration, a regression and its rollback, with actors instead of agents.

    It runs on a private tmux server of its own, with scripted agents, and is gone at the end.
    """
    from rollout.faces.demo.run import demo as work  # noqa: PLC0415

    raise typer.Exit(work(as_json=json))


@verb(
    "Start",
    "run                                 # watch the default server; no key is sent",
    "run --once --json                   # one cycle, as JSON",
    "run --cycles 50 --interval 1 --socket-path /tmp/s",
    "run --act                           # let the owner's intents reach tmux",
    "run --candidate mine.monitor:Mine   # your own monitor in the shadow",
)
def run(
    *,
    act: Annotated[bool | None, typer.Option("--act/--no-act", help="Act, or only watch (the default).")] = None,
    once: Annotated[bool, typer.Option("--once", help="Run one cycle, then exit.")] = False,
    cycles: Annotated[int | None, typer.Option(min=1, metavar="N", help="Run N cycles, then exit.")] = None,
    interval: Annotated[
        float | None, typer.Option(min=0.01, metavar="S", help="Seconds between the starts of two cycles.")
    ] = None,
    deadline: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Time limit in seconds of a monitor's reply.")
    ] = None,
    incumbent: Incumbent = None,
    candidate: Candidate = None,
    plan: Annotated[str | None, typer.Option(metavar="PLAN", help="default, demo, or a TOML file.")] = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Observe, compare and judge in the foreground; with --act, also act.

    Without --act no key is sent; `understudy status` counts the actions that were not done. Ctrl-C ends it after the
    cycle.
    """
    from rollout.faces.cli.verbs.run import RunOptions  # noqa: PLC0415
    from rollout.faces.cli.verbs.run import run as work  # noqa: PLC0415

    flags = {
        "act": act,
        "interval_s": interval,
        "deadline_s": deadline,
        "incumbent": incumbent,
        "candidate": candidate,
        "plan": plan,
        "socket_name": socket_name,
        "socket_path": socket_path,
    }
    raise typer.Exit(work(RunOptions(flags=flags, once=once, cycles=cycles, as_json=json)))


@verb("Start", "doctor", "doctor --json --socket-name work")
def doctor(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Check the requirements of a run; print a remedy for each fault."""
    from rollout.faces.cli.verbs.doctor import doctor as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, as_json=json))


@verb("Start", "config", "config --json")
def config(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Show every setting with its value and where it comes from."""
    from rollout.faces.cli.verbs.config import config as work  # noqa: PLC0415

    raise typer.Exit(work({"socket_name": socket_name, "socket_path": socket_path}, as_json=json))


flags = family("Start", "flags", "Show the flags that route the rollout; check a file of them.")


@flags.command("show", epilog=examples("flags show", "flags show --json"))
def flags_show(*, socket_name: SocketName = None, socket_path: SocketPath = None, json: Json = False) -> None:
    """Show the path and the content of the flags file."""
    from rollout.faces.cli.verbs.flags import show  # noqa: PLC0415

    raise typer.Exit(show(socket_name, socket_path, as_json=json))


@flags.command("check", epilog=examples("flags check", "flags check my-flags.json"))
def flags_check(
    file: Annotated[Path | None, typer.Argument(help="The file; default: the working copy.")] = None,
    *,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Check a flags file; print each fault with its key and its remedy."""
    from rollout.faces.cli.verbs.flags import check  # noqa: PLC0415

    raise typer.Exit(check(file, socket_name, socket_path, as_json=json))


unleash = family("Start", "unleash", "Hold the flags on an Unleash server instead of in a file.")


@unleash.command("init", epilog=examples("unleash init --dry-run", "unleash init --json"))
def unleash_init(
    *,
    dry_run: DryRun = False,
    socket_name: SocketName = None,  # noqa: ARG001 - every verb takes them, so that scripts need not know which do
    socket_path: SocketPath = None,  # noqa: ARG001
    json: Json = False,
) -> None:
    """Create the flags, strategies and context fields on an Unleash server.

    Existing ones are kept, so the command may be repeated. The server, its project and environment, and the token with
    the right to do it are settings: unleash_url, unleash_project, unleash_environment, unleash_admin_token.
    """
    from rollout.faces.cli.verbs.unleash import init  # noqa: PLC0415

    raise typer.Exit(init(dry_run=dry_run, as_json=json))


@verb("Start", "schema", "schema cycle-report")
def schema(
    name: Annotated[str | None, typer.Argument(help="The record; without NAME the records are listed.")] = None,
    *,
    socket_name: SocketName = None,  # noqa: ARG001 - every verb takes them, so that scripts need not know which do
    socket_path: SocketPath = None,  # noqa: ARG001
    json: Json = False,
) -> None:
    """Print the JSON Schema of any record."""
    from rollout.faces.cli.verbs.schema import schema as work  # noqa: PLC0415

    raise typer.Exit(work(name, as_json=json))
