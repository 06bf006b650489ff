"""A verb: a function with its signature, help and examples, registered under its words when its module is imported."""

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.overview import group_of

CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_SERVER: Final = "server"
_BEFORE: Final = "as_json"
_OPTIONS: Final = {
    "socket_name": Annotated[
        str | None, typer.Option("--socket-name", "-L", metavar="NAME", help="The tmux server by name, as tmux -L.")
    ],
    "socket_path": Annotated[
        Path | None, typer.Option("--socket-path", "-S", metavar="PATH", help="The tmux server by socket, as tmux -S.")
    ],
}
"""The options by which every verb takes a server, also one that needs none: scripts need not know which do."""

_DECISION: Final = "decision"
_DECISION_OPTIONS: Final = signature(DecisionOptions).parameters

_Function = TypeVar("_Function", bound=Callable[..., int])
_registered: dict[str, Any] = {}


def verb(words: str, *examples: str, with_server: bool = True) -> Callable[[_Function], _Function]:
    """Register a function under the words that call it, with examples (without the leading `understudy`).

    A parameter `server` of the function is filled with the `ServerSelection` that the options -L and -S make, and a
    parameter `decision` with `DecisionOptions`; the help shows the options, not the records. The function returns its
    exit code and stays callable as it is.
    """

    def register(function: _Function) -> _Function:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        called = alone.command(
            words.rpartition(" ")[2],
            rich_help_panel=group_of(words),
            epilog="\b\nExamples:\n" + "\n".join(f"  understudy {line}" for line in examples),
            context_settings=CONTEXT,
        )
        called(_as_typer_calls_it(function, with_server=with_server))
        _registered[words] = typer.main.get_command(alone)
        return function

    return register


def registered(words: str) -> Any:
    """Return the command of a verb whose module has been imported."""
    return _registered[words]


def _as_typer_calls_it(function: Callable[..., int], *, with_server: bool) -> Callable[..., NoReturn]:
    plain = signature(function)
    takes = _SERVER in plain.parameters

    def call(**given: Any) -> NoReturn:
        if with_server:
            name, path = (given.pop(option) for option in _OPTIONS)
            if name and path:
                raise Stop(Exit.USAGE, "a server is named by --socket-name or by --socket-path, not by both")
            if takes:
                from rollout.store.server_selection import ServerSelection  # noqa: PLC0415 - help needs none

                given[_SERVER] = ServerSelection(name, path)
        if _DECISION in plain.parameters:
            given[_DECISION] = DecisionOptions(**{name: given.pop(name) for name in _DECISION_OPTIONS})
        raise typer.Exit(function(**given))

    parameters = [one for name, one in plain.parameters.items() if name != _SERVER]
    if _DECISION in plain.parameters:
        at = next(number for number, one in enumerate(parameters) if one.name == _DECISION)
        parameters[at : at + 1] = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in _DECISION_OPTIONS.values()]
    if with_server:
        at = next((number for number, one in enumerate(parameters) if one.name == _BEFORE), len(parameters))
        parameters[at:at] = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
            for name, option in _OPTIONS.items()
        ]
    call.__doc__ = function.__doc__
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    call.__signature__ = plain.replace(parameters=parameters)  # type: ignore[attr-defined]  # how typer sees them
    return call
