"""`understudy schema`: the JSON Schema of any record."""

import json
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from modular.rulebook.file import RuleFile
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.verb import verb
from rollout.judgement.chain import Transition
from rollout.judgement.plan import Plan
from rollout.store.settings import Settings
from shadow.bout import Bout
from shadow.differences import Difference
from shadow.expected import ExpectedDifference
from shadow.report import ShadowReport
from understudy import schema as contract_schema

_OURS: dict[str, type[BaseModel]] = {
    "bout": Bout,
    "difference": Difference,
    "expected-difference": ExpectedDifference,
    "plan": Plan,
    "report": ShadowReport,
    "rules": RuleFile,
    "settings": Settings,
    "transition": Transition,
}
"""The records beside those of `understudy`: files that people write, and the output of verbs."""


def names() -> tuple[str, ...]:
    """Every record that has a schema, sorted."""
    return tuple(sorted({*contract_schema.names(), *_OURS}))


def _json_schema(name: str) -> dict[str, Any]:
    if name not in _OURS:
        return contract_schema.json_schema(name)
    schema = _OURS[name].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@verb("schema", "schema", "schema cycle-report")
def schema(
    name: Annotated[str | None, typer.Argument(help="The record; without NAME the records are listed.")] = None,
    *,
    as_json: Json = False,
) -> Exit:
    """Print the JSON Schema of any record."""
    if name is None:
        if as_json:
            emit({"schemas": list(names())})
        else:
            say("\n".join(names()))
        return Exit.OK
    if name not in names():
        close = get_close_matches(name, names(), n=1)
        hint = f"did you mean {close[0]}?" if close else "`understudy schema` lists them"
        raise Stop(Exit.USAGE, f"there is no record called {name}: {hint}")
    say(json.dumps(_json_schema(name), indent=None if as_json else 2))
    return Exit.OK
