"""The format of `cases.toml`: a table for each case, with what is known of the pane and what is right."""

import json
import tomllib
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from modular.corpus.case import NAME, NO_DETAIL, BadCase, Case
from understudy import AgentState, IdleDetail

SCREEN: Final = "screen"
"""Names the screen of another case, `NAME` or `CLI/NAME`, which this one shows too."""
_KEYS: Final = (
    "state",
    "detail",
    "rule",
    SCREEN,
    "processes",
    "title",
    "command",
    "window",
    "agent",
    "size",
    "cursor",
    "why",
    "xfail",
)
"""All keys of a table, in the order in which they are written."""


class Table(NamedTuple):
    """One table of the file, still without its screen."""

    case: Case
    screen: str | None
    """The screen of another case that this one shows; None where it has its own."""


class CasesFile(NamedTuple):
    """The contents of one `cases.toml`."""

    tables: tuple[Table, ...]
    faulty: frozenset[str] | None
    """The names of tables that are left out; None where nothing could be read."""
    faults: tuple[str, ...]
    """The faults, a sentence each, without the file's name."""


def parse_cases(cli: str, text: str) -> CasesFile:
    """Read the cases of a CLI; a faulty table is left out and reported. Never raises."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = f"this is not TOML ({error}): put strings into quotes, and each case under [its_name]"
        return CasesFile((), None, (fault,))
    tables: list[Table] = []
    faulty: dict[str, str] = {}
    for name, body in document.items():
        try:
            tables.append(_table(cli, name, body))
        except BadCase as fault:
            faulty[name] = f"[{name}]: {fault}"
    return CasesFile(tuple(tables), frozenset(faulty), tuple(faulty.values()))


def format_case(case: Case, screen: str | None = None) -> str:
    """Write the table of a case; `screen` names the one that it shares. Raises `BadCase` for a name that is none."""
    if NAME.fullmatch(case.name) is None:
        raise BadCase(f"`{case.name}` is no name for a case: take lower-case letters, digits and underscores")
    detail = None if not case.says_detail else NO_DETAIL if case.detail is None else case.detail.value
    known = {**case.model_dump(include=set(_KEYS), mode="json"), "detail": detail, SCREEN: screen}
    rows = [f"{key} = {_toml(known[key])}" for key in _KEYS if known[key] not in (None, "", [])]
    return f"[{case.name}]\n" + "\n".join(rows) + "\n"


def _table(cli: str, name: str, body: Any) -> Table:
    if NAME.fullmatch(name) is None:
        raise BadCase("this is no name for a case: take lower-case letters, digits and underscores")
    if not isinstance(body, dict):
        raise BadCase("this stands outside every case: put it below the case's [name]")
    for key in body:
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, n=1)
            remedy = f"did you mean `{close[0]}`?" if close else _there_are(_KEYS)
            raise BadCase(f"`{key}` means nothing here: {remedy}")
    known = {key: value for key, value in body.items() if key not in {SCREEN, "detail"}}
    _check_words(body)
    if "detail" in body:
        known |= {"says_detail": True, "detail": None if body["detail"] == NO_DETAIL else body["detail"]}
    try:
        case = Case.model_validate({"cli": cli, "name": name, "screens": (), **known})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadCase(f"`{first['loc'][0]}` cannot be {first['input']!r}: {first['msg']}") from None
    screen = body.get(SCREEN)
    if screen is not None and not isinstance(screen, str):
        raise BadCase(f"`{SCREEN}` cannot be {screen!r}: write the name of the case whose screen it shows")
    return Table(case, screen)


def _check_words(body: dict[str, Any]) -> None:
    """Raise `BadCase` where a state or a detail is none, or a reason is empty."""
    states = [state.value for state in AgentState]
    details = [NO_DETAIL, *(detail.value for detail in IdleDetail)]
    if "state" not in body:
        raise BadCase(f"`state` is missing: {_there_are(states)}")
    if body["state"] not in states:
        raise BadCase(f"`state` cannot be {body['state']!r}: {_there_are(states)}")
    if "detail" in body and body["detail"] not in details:
        raise BadCase(f"`detail` cannot be {body['detail']!r}: {_there_are(details)}")
    if body.get("xfail") == "":
        raise BadCase("`xfail` has no reason: say why the rules read it wrongly today, or take it out")


def _there_are(words: tuple[str, ...] | list[str]) -> str:
    return f"there are {', '.join(words[:-1])} and {words[-1]}"


def _toml(value: Any) -> str:
    """Write a string, or a list of strings or numbers: JSON's form is TOML's, save for the one letter that is not."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
