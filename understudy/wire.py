"""What a harness and a monitor's process say to each other: JSON Lines, one request at a time.

The harness writes one `Request` a line to the monitor's standard input; the monitor answers each with one `Reply` a
line on its standard output, carrying the request's `id`. Standard error is the monitor's own: it is kept as a log.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from understudy.outcomes import EVERYTHING, Outcome, Scope
from understudy.record import SCHEMA_VERSION, Record
from understudy.report import CycleReport, Problem
from understudy.tapes import PackedTape


class OnTape(Record):
    """Watch this tape."""

    kind: Literal["tape"] = "tape"
    tape: PackedTape


class Live(Record):
    """Look for yourself at the tmux server behind this socket."""

    kind: Literal["live"] = "live"
    socket_path: str


Sight = Annotated[OnTape | Live, Field(discriminator="kind")]


class HelloRequest(Record):
    """Who are you?"""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    id: int
    do: Literal["hello"] = "hello"


class CycleRequest(Record):
    """Do one cycle, starting from this memory."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    id: int
    do: Literal["cycle"] = "cycle"
    cycle: str
    sight: Sight
    memory: JsonValue = None
    scope: Scope = EVERYTHING
    outcomes: tuple[Outcome, ...] = ()


Request = Annotated[HelloRequest | CycleRequest, Field(discriminator="do")]


class Introduction(Record):
    """The answer to `hello`."""

    monitor: str
    version: str
    says: tuple[str, ...]
    """The states it can tell apart."""


class Reply(Record):
    """The answer to one request: exactly one of `introduction`, `report` (with the memory after it) and `problem`."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    id: int
    introduction: Introduction | None = None
    report: CycleReport | None = None
    memory: JsonValue = None
    problem: Problem | None = None
