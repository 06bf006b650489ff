"""The faults of a file of rules: the file, the line, the fault and the remedy."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_TABLE: Final = re.compile(r"^\s*\[\[\s*(\w+)\s*\]\]")
_KEY: Final = re.compile(r"^\s*([A-Za-z_][\w-]*)\s*=")
_TOML_LINE: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_SUBJECT: Final = re.compile(r"^(?:Input|Value|String) should")
_OURS: Final = "rules"

Keys = Mapping[str, Collection[str]]
"""The known keys: of a file's tables by their names, under "" those at its top."""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """One fault in a file of rules."""

    file: str
    line: int | None
    """Counted from 1; None where the whole file is meant."""
    says: str
    fix: str

    def __str__(self) -> str:
        """One sentence: the place, what is wrong, and the remedy."""
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.says}: {self.fix}"


class BadRules(ValueError):
    """A file of rules that cannot be used; `faults` has the reasons, and the message has a line for each."""

    def __init__(self, *faults: RuleFault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def wrong(says: str, fix: str, at: Sequence[str | int] = ()) -> PydanticCustomError:
    """Make the error that a validator of ours raises; `at` is the place below what it validates."""
    return PydanticCustomError(_OURS, "{says}", {"says": says, "fix": fix, "at": tuple(at)})


def toml_fault(name: str, text: str, message: str) -> RuleFault:
    """Return the fault that the TOML parser reported, with the line separate."""
    found = _TOML_LINE.search(message)
    line = int(found[1]) if found is not None and found[1] else text.count("\n") + 1
    says = f"this is not TOML ({_TOML_LINE.sub('', message)})"
    return RuleFault(name, line, says, "put strings into quotes, lists into [ ], and each rule under [[rule]]")


def faults_of(name: str, text: str, error: ValidationError, keys: Keys) -> tuple[RuleFault, ...]:
    """Return the faults that a file's validation found, in the order of the file."""
    faults = (_fault(name, text, one, keys) for one in error.errors(include_url=False))
    return tuple(sorted(faults, key=lambda fault: fault.line or 0))


def line_of(text: str, place: Sequence[str | int], value: Any = None) -> int | None:
    """Find the line, counted from 1, of a place such as `("rule", 2, "any", 0)`; None for the whole file.

    `value` is the value there, which distinguishes the rows of a list.
    """
    if not place:
        return None
    rows = text.split("\n")
    headers = [(index, found[1]) for index, row in enumerate(rows) if (found := _TABLE.match(row)) is not None]
    in_a_table = len(place) > 1 and place[0] in {name for _, name in headers}
    table, number = (str(place[0]), int(place[1])) if in_a_table else ("", 0)
    start, end = _span(headers, len(rows), table, number)
    in_table = place[2:] if table else place
    if start is None or not in_table or not isinstance(in_table[0], str):
        return None if start is None else start + 1
    for index in range(start, end):
        found = _KEY.match(rows[index])
        if found is not None and found[1] == in_table[0]:
            return _row_of(rows, index, end, value) + 1 if len(in_table) > 1 else index + 1
    return start + 1


def _span(headers: Sequence[tuple[int, str]], rows: int, table: str, number: int) -> tuple[int | None, int]:
    """Return the rows of a file's nth table of this name, header included; of its top where the name is empty."""
    if not table:
        return 0, headers[0][0] if headers else rows
    starts = [index for index, name in headers if name == table]
    if number >= len(starts):
        return None, rows
    start = starts[number]
    return start, next((index for index, _ in headers if index > start), rows)


def _row_of(rows: Sequence[str], key: int, end: int, value: Any) -> int:
    if not isinstance(value, str) or not value:
        return key
    return next((index for index in range(key, end) if value in rows[index]), key)


def _fault(name: str, text: str, error: ErrorDetails, keys: Keys) -> RuleFault:
    context = error.get("ctx", {})
    place: tuple[str | int, ...] = error["loc"]
    value = error.get("input")
    if error["type"] == _OURS:
        place = (*place, *context["at"])
        return RuleFault(name, line_of(text, place, value), context["says"], context["fix"])
    table, key = (str(place[0]) if len(place) > 1 else ""), _key_of(place)
    line = line_of(text, place, value)
    match error["type"]:
        case "extra_forbidden":
            known = sorted(keys.get(table, ()))
            close = get_close_matches(key, known, n=1)
            fix = f"did you mean `{close[0]}`?" if close else f"take it out; there are {', '.join(known)}"
            return RuleFault(name, line, f"`{key}` is no key of this table", fix)
        case "missing":
            return RuleFault(name, line or 1, f"`{key}` is missing", "add it" + (" to this table" if table else ""))
        case "enum" | "literal_error":
            expected = str(context["expected"]).replace("'", "")
            return RuleFault(name, line, f"`{key}` cannot be {value!r}", f"write one of {expected}")
        case _:
            must = (
                error["msg"].removeprefix("Input should ").removeprefix("Value should ").removeprefix("String should ")
            )
            return RuleFault(name, line, f"`{key}` cannot be {value!r}", f"it should {must}")


def _key_of(place: Sequence[str | int]) -> str:
    return next((part for part in reversed(place) if isinstance(part, str)), "the file")
