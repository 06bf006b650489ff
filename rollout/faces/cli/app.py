"""The application, its help by groups, and how a verb is registered."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

GROUPS = ("Start", "Look", "Decide", "Emergency", "Build")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Grouped(TyperGroup):
    """Lists the verbs under the headings of their groups."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - overridden
        """Write one section a group."""
        for heading in GROUPS:
            rows = [
                (name, verb.get_short_help_str(limit=76))
                for name, verb in self.commands.items()
                if getattr(verb, "rich_help_panel", None) == heading
            ]
            if not rows:
                continue
            with formatter.section(heading):
                formatter.write_dl(rows)


app = typer.Typer(
    name="understudy",
    cls=_Grouped,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: a third of the time, and it reads well in a pipe
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
    epilog="Examples: `understudy VERB --help`. Terms: `understudy explain TERM`, or docs/glossary.md.",
)


def examples(*lines: str) -> str:
    """Lay out examples for the foot of a verb's help."""
    return "\b\nExamples:\n" + "\n".join(f"  understudy {line}" for line in lines)


def verb(group: str, *lines: str, name: str | None = None) -> Callable[[_Function], _Function]:
    """Register a function as a verb under one of GROUPS, with examples (without the leading `understudy`)."""
    assert group in GROUPS
    return app.command(name, rich_help_panel=group, epilog=examples(*lines), context_settings=CONTEXT)


def family(group: str, name: str, about: str) -> typer.Typer:
    """Register a verb that has verbs of its own."""
    assert group in GROUPS
    sub = typer.Typer(name=name, help=about, no_args_is_help=True, rich_markup_mode=None, context_settings=CONTEXT)
    app.add_typer(sub, rich_help_panel=group)
    return sub


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"understudy {version('understudy')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run a new monitor of terminal agents in the shadow of the old one until it has earned the stage."""
