"""A plan from a file: the differences from its base plan, in TOML or JSON."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from rollout.judgement.plan import Plan
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN

BASES: Final = {"default": DEFAULT_PLAN, "demo": DEMO_PLAN}


class BadPlan(ValueError):
    """A plan that cannot be used; says which key, and what to do about it."""


def find_plan(plan: str | Mapping[str, Any]) -> Plan:
    """The plan that a setting says: `default`, `demo`, the path of a file, or a table of what differs.

    Raises `BadPlan`.
    """
    if not isinstance(plan, str):
        return _plan(dict(plan), "settings", prefix="plan.")
    return BASES[plan] if plan in BASES else read_plan(Path(plan))


def read_plan(path: Path) -> Plan:
    """Read a plan from a `.toml` or `.json` file; a leading key `based_on` names the plan it changes (`default`).

    Raises `BadPlan` naming the file, the key and the remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlan(f"{path}: cannot be read as a plan ({error}): give the path of a TOML or JSON file") from error
    return parse_plan(text, json_text=path.suffix == ".json", source=str(path))


def parse_plan(text: str, *, json_text: bool = False, source: str = "plan") -> Plan:
    """Read a plan from TOML or JSON text; `source` is what errors call it."""
    try:
        document = json.loads(text) if json_text else tomllib.loads(text)
    except ValueError as error:
        kind = "JSON" if json_text else "TOML"
        raise BadPlan(f"{source}: is not {kind} ({error}): correct that place") from error
    if not isinstance(document, dict):
        raise BadPlan(f"{source}: must be a table of settings, such as {{'alpha': 0.01}}")
    return _plan(document, source)


def _plan(document: dict[str, Any], source: str, *, prefix: str = "") -> Plan:
    based_on = document.pop("based_on", "default")
    if based_on not in BASES:
        ours = " or ".join(map(repr, BASES))
        raise BadPlan(f"{source}: {prefix}based_on: {based_on!r} is no shipped plan: use {ours}")
    base = BASES[based_on].model_dump(mode="json")
    document.setdefault("name", Path(source).stem)
    try:
        return Plan.model_validate_json(json.dumps(_merged(base, document), default=str))
    except ValidationError as error:
        faults = (f"{source}: {prefix}{_sentence(dict(problem))}" for problem in error.errors())
        raise BadPlan("\n".join(faults)) from error


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Lay changes over a base, table by table; a stratum or guardrail that the base lacks starts from its defaults."""
    return base | {
        key: _merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in changes.items()
    }


def _sentence(problem: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    if problem["type"] == "extra_forbidden":
        return f"{key}: no such setting: check the spelling, or take it out"
    if problem["type"] == "value_error":
        return str(problem["msg"]).removeprefix("Value error, ")
    return f"{key}: {problem['msg']}, but is {problem['input']!r}: change it"
