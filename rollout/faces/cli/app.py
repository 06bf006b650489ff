"""The application: its verbs, listed without being imported, and its help by sections."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from rollout.faces.cli.overview import FAMILIES, OVERVIEW, group_of
from rollout.faces.cli.verb import CONTEXT, registered

VERBS: Final = "rollout.faces.cli.verbs"
"""The package with one module a verb, named like the verb: `diffs list` is `diffs_list`."""


class LazyVerbs(MutableMapping[str, Any]):
    """The commands of a group by name; a verb's module is imported when its command is taken out."""

    def __init__(self, shorts: dict[str, str], family: str = "") -> None:
        self._shorts = shorts
        self._family = family
        self._taken: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a verb's command."""
        if name not in self._taken:
            if name not in self._shorts:
                raise KeyError(name)
            self._taken[name] = family(name) if name in FAMILIES and not self._family else self._loaded(name)
        return self._taken[name]

    def __setitem__(self, name: str, command: Any) -> None:
        """Put a command in the place of a verb's own."""
        self._taken[name] = command

    def __delitem__(self, name: str) -> None:
        """Forget a command that was put in."""
        del self._taken[name]

    def __iter__(self) -> Iterator[str]:
        """Name the verbs, in the order of the overview."""
        return iter(self._shorts)

    def __len__(self) -> int:
        """Count the verbs."""
        return len(self._shorts)

    def __contains__(self, name: object) -> bool:
        """Tell about a name without importing its verb."""
        return name in self._shorts

    def _loaded(self, name: str) -> Any:
        words = f"{self._family} {name}".strip()
        import_module(f"{VERBS}.{words.replace(' ', '_')}")
        return registered(words)


class LazyGroup(TyperGroup):
    """Lists verbs from the overview, under the headings of their sections, and imports none for that."""

    def __init__(self, **attributes: Any) -> None:
        """Take the place of a group of typer's; `commands` come from the overview, whatever is given."""
        family_name = attributes.get("name") if attributes.get("name") in FAMILIES else None
        self.shorts = (
            FAMILIES[family_name] if family_name else {k: v for one in OVERVIEW.values() for k, v in one.items()}
        )
        attributes["commands"] = LazyVerbs(self.shorts, family_name or "")
        self._sections = {"Commands": self.shorts} if family_name else OVERVIEW
        super().__init__(**attributes)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - overridden
        """Write one section a group."""
        for heading, shorts in self._sections.items():
            limit = 76 if len(self._sections) > 1 else formatter.width - 6 - max(map(len, shorts))
            with formatter.section(heading):
                formatter.write_dl([(name, short_help(text, limit)) for name, text in shorts.items()])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Offer the names of verbs with the help of the overview: a completion must be quick, too."""
        named = {name: TyperCommand(name, help=text) for name, text in self.shorts.items()}
        ctx.command = TyperGroup(name=self.name, params=self.params, commands=named)  # type: ignore[arg-type]  # invariant
        return ctx.command.shell_complete(ctx, incomplete)


def short_help(text: str, limit: int) -> str:
    """Cut a verb's first sentence to a number of characters, as its own command does."""
    return TyperCommand("verb", help=text).get_short_help_str(limit=limit)


def family(name: str) -> LazyGroup:
    """Make the command of a verb that has verbs of its own."""
    group = group_of(name)
    return LazyGroup(
        name=name,
        help=OVERVIEW[group][name],
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=CONTEXT,
        rich_help_panel=group,
    )


app = typer.Typer(
    name="understudy",
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: a third of the time, and it reads well in a pipe
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
    epilog="Examples: `understudy VERB --help`. Terms: `understudy explain TERM`, or docs/glossary.md.",
)


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
