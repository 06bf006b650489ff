"""The answer of a server about all its flags, cut down to the ones that route this rollout. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rollout.store.flags.document import FlagsDocument, parse_flags
from rollout.store.flags.faults import BadFlags, Fault
from rollout.store.flags.validate import CANDIDATE, SHADOW

_INIT = "`understudy unleash init` makes it"


def ours(body: object, source: str, environment: str, token: str) -> FlagsDocument:
    """The flags of this rollout in a server's answer; raises `BadFlags`.

    A server holds the flags of others as well, and theirs may have anything in them: only ours, their parents and
    their segments are kept, and these are checked as strictly as a file is.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("features"), list):
        raise BadFlags(source, (Fault("$", "is no answer of a flags server", "is unleash_url the right address?"),))
    there = _environment(body, token)
    if there and there != environment:
        fix = "take a backend token of that environment, or set unleash_environment"
        raise BadFlags(source, (Fault("$.query.environment", f"is {there}, not {environment}", fix),))
    flags = {flag["name"]: flag for flag in body["features"] if isinstance(flag, Mapping) and "name" in flag}
    faults = [
        Fault("$.features", f"there is no flag {name} in {environment}", _INIT)
        for name in (CANDIDATE, SHADOW)
        if name not in flags
    ]
    if faults:
        raise BadFlags(source, tuple(faults))
    kept = [_off(_plain(flags[name])) for name in _with_parents(flags)]
    segments = [segment for segment in body.get("segments") or () if _id(segment) in set(_segments(kept))]
    meta = body.get("meta")
    revision = meta.get("revisionId", 0) if isinstance(meta, Mapping) else 0
    cut = {"version": body.get("version"), "meta": {"revisionId": revision}, "features": kept}
    text = json.dumps(cut | ({"segments": segments} if segments else {}), ensure_ascii=False, indent=2)
    return parse_flags(text, source)


def _environment(body: Mapping[str, Any], token: str) -> str:
    """Of which environment the flags are: as the server says, or as the token itself does; empty where neither does."""
    query = body.get("query")
    said = query.get("environment") if isinstance(query, Mapping) else None
    if isinstance(said, str):
        return said
    scope, found, _ = token.partition(".")
    return scope.partition(":")[2] if found and ":" in scope else ""


def _with_parents(flags: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names: list[str] = [CANDIDATE, SHADOW]
    for name in names:  # grows while it is read
        for parent in flags[name].get("dependencies") or ():
            above = parent.get("feature") if isinstance(parent, Mapping) else None
            if isinstance(above, str) and above in flags and above not in names:
                names.append(above)
    return names


def _segments(flags: list[dict[str, Any]]) -> Iterator[Any]:
    for flag in flags:
        for strategy in flag.get("strategies") or ():
            yield from (strategy.get("segments") or ()) if isinstance(strategy, Mapping) else ()


def _id(segment: object) -> object:
    return segment.get("id") if isinstance(segment, Mapping) else None


def _plain(value: Any) -> Any:
    """Leave out what is null: a server writes it where a file says nothing."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _off(flag: dict[str, Any]) -> dict[str, Any]:
    """A server leaves a switched-off flag's disabled strategies out; an empty list would be on for every session."""
    if flag.get("enabled") is not False or flag.get("strategies"):
        return flag
    sticky = "cycleId" if flag["name"] == SHADOW else "lease"
    nothing = {"rollout": "0", "stickiness": sticky, "groupId": flag["name"]}
    return flag | {"strategies": [{"name": "flexibleRollout", "parameters": nothing}]}
