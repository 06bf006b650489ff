"""The options that many verbs share, written once."""

from dataclasses import dataclass
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for scripts.")]
Incumbent = Annotated[str | None, typer.Option(metavar="MONITOR", help="The trusted monitor: a name, or module:Class.")]
Candidate = Annotated[
    str | None, typer.Option(metavar="MONITOR", help="The monitor on trial: a name, or module:Class.")
]
Actor = Annotated[str | None, typer.Option(metavar="WHO", help="The person who decides; default: you, on this host.")]
Reason = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")]
OrderReason = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept with the order.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Only print what would happen.")]


@dataclass(frozen=True, slots=True)
class DecisionOptions:
    """The options of a decision, as one parameter of a verb (see `verb`): --reason, --actor, --yes and --dry-run."""

    reason: Reason
    actor: Actor = None
    yes: Yes = False
    dry_run: DryRun = False
