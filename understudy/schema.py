"""The JSON Schema of every record of the contract, by name."""

from typing import Any

from pydantic import TypeAdapter

from understudy.intents import Intent
from understudy.outcomes import Outcome, Scope
from understudy.report import CycleReport, Problem
from understudy.screens import Frame, PaneShot, Tape
from understudy.tapes import PackedTape
from understudy.verdicts import AgentVerdict
from understudy.wire import Reply, Request

_RECORDS: dict[str, Any] = {
    "agent-verdict": AgentVerdict,
    "cycle-report": CycleReport,
    "frame": Frame,
    "intent": Intent,
    "outcome": Outcome,
    "packed-tape": PackedTape,
    "pane-shot": PaneShot,
    "problem": Problem,
    "reply": Reply,
    "request": Request,
    "scope": Scope,
    "tape": Tape,
}


def names() -> tuple[str, ...]:
    """The names that `json_schema` knows, sorted."""
    return tuple(sorted(_RECORDS))


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record as JSON; raises KeyError for a name that is none of ours."""
    schema = TypeAdapter(_RECORDS[name]).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
