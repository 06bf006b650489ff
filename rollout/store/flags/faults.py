"""The faults of a flags file, and a strict JSON reader."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its place, the problem, and the remedy."""

    path: str
    """A JSON path, such as `$.features[0].strategies[0].parameters.rollout`."""
    text: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}: {self.fix}"


def quoted(text: str) -> str:
    """Return a message without the secrets and the control characters of what it quotes."""
    if not text:
        return text
    from tmuxio.redaction import quotable  # noqa: PLC0415 - only a run that has something to complain of pays for it

    return quotable(text)


class BadFlags(ValueError):
    """A flags file that must not be used."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(quoted("\n".join(f"{source}: {fault}" for fault in faults)))
        self.source = source
        self.faults = faults


class _Twice(ValueError):
    """An object with the same key twice."""


def load_json(text: str) -> tuple[Any, Fault | None]:
    """Read JSON strictly: a key twice in one object, or a number that JSON does not know, is a fault."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant), None
    except _Twice as error:
        return None, Fault("$", str(error), "keep one of them")
    except json.JSONDecodeError as error:
        if not text.strip():
            return None, Fault("$", "the file is empty", "restore it, or remove it to start from the initial flags")
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            return None, Fault("$", f"the file is cut short in line {error.lineno}", "write it again as a whole")
        where = f"line {error.lineno}, column {error.colno}"
        return None, Fault("$", f"is not JSON at {where} ({error.msg})", "correct that place")
    except (ValueError, RecursionError) as error:
        return None, Fault("$", f"is not JSON ({error})", "correct it")


def said(value: object) -> str:
    """Format a value as it is written in the file, cut if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - what fits beside a path


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(f"the key {said(key)} occurs twice in one object, and only the last one would count")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
