"""`understudy schema`: the JSON Schema of any record."""

import json
from difflib import get_close_matches

from contract.schema import json_schema, names
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import emit, say


def schema(name: str | None, *, as_json: bool) -> Exit:
    """Print one schema, or the names of all."""
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
    say(json.dumps(json_schema(name), indent=None if as_json else 2))
    return Exit.OK
