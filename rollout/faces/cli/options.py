"""The options that many verbs share, written once."""

from pathlib import Path
from typing import Annotated

import typer

SocketName = Annotated[
    str | None, typer.Option("--socket-name", "-L", metavar="NAME", help="The tmux server by name, as tmux -L.")
]
SocketPath = Annotated[
    Path | None, typer.Option("--socket-path", "-S", metavar="PATH", help="The tmux server by socket, as tmux -S.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for scripts.")]
Incumbent = Annotated[str | None, typer.Option(metavar="MONITOR", help="The trusted monitor: a name, or module:Class.")]
Candidate = Annotated[
    str | None, typer.Option(metavar="MONITOR", help="The monitor on trial: a name, or module:Class.")
]
Actor = Annotated[str | None, typer.Option(metavar="WHO", help="The person who decides; default: you, on this host.")]
Reason = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Only print what would happen.")]
