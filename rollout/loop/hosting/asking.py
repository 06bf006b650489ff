"""The messages between a host and its monitor's process: requests as lines, replies read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from pydantic_core import ValidationError, from_json, to_json

from rollout.loop.hosting.process import Failure, MonitorFailed
from rollout.loop.hosting.reply_limits import ReplyLimits, excess, too_large
from understudy.outcomes import EVERYTHING, Outcome, Scope
from understudy.record import SCHEMA_VERSION
from understudy.report import CycleReport, ProblemKind
from understudy.wire import Introduction, Live, OnTape, Reply

_QUOTED: Final = 300
"""Characters of a monitor's reply that a message quotes."""


@dataclass(frozen=True, slots=True)
class EncodedSight:
    """The sight of a request, encoded once for all hosts."""

    json: bytes
    panes: int | None = None
    """How many panes it shows; None where that is not known."""

    @classmethod
    def of(cls, sight: OnTape | Live, panes: int | None = None) -> "EncodedSight":
        """Encode a sight; a tape says itself how many panes it shows."""
        if isinstance(sight, OnTape):
            panes = max((len(frame.panes) for frame in sight.tape.frames), default=0)
        return cls(sight.model_dump_json().encode(), panes)


@dataclass(frozen=True, slots=True)
class HostRequest:
    """One cycle that a monitor is asked to do, starting from `memory`."""

    cycle: str
    sight: EncodedSight
    memory: JsonValue = None
    scope: Scope = EVERYTHING
    outcomes: Sequence[Outcome] = ()


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """The answer of a host. Without a report, `failure` and `text` say why and `memory` is what the request carried.

    A server that could not be seen is no failure of the monitor: its report holds the problem and nothing else.
    """

    report: CycleReport | None
    memory: JsonValue
    failure: Failure = Failure.NONE
    text: str = ""
    seconds: float = 0.0
    """From request to reply, the start of its process not counted."""
    cpu_s: float = 0.0
    """CPU seconds that the process and its ended children spent on it, in the kernel's steps of 0.01 s."""
    rss_bytes: int = 0
    backing_off: bool = False
    """It was not called: its process ended lately and is to be started again later."""
    crash_loop: bool = False


def hello_line(number: int) -> bytes:
    """The request to introduce itself."""
    return to_json({"schema": SCHEMA_VERSION, "id": number, "do": "hello"}) + b"\n"


def cycle_line(host_request: HostRequest, number: int) -> bytes:
    """The request for one cycle; the frames are spliced in as they are, encoded once for all monitors."""
    fields = {
        "schema": SCHEMA_VERSION,
        "id": number,
        "do": "cycle",
        "cycle": host_request.cycle,
        "memory": host_request.memory,
        "scope": host_request.scope,
        "outcomes": list(host_request.outcomes),
    }
    return to_json(fields)[:-1] + b',"sight":' + host_request.sight.json + b"}\n"


def report_of(reply: Reply, host_request: HostRequest, who: Introduction) -> tuple[CycleReport, JsonValue]:
    """The report in a reply, and the memory after it; raises `MonitorFailed` where there is none.

    A server that could not be seen is no failure of the monitor: that is a report of the problem alone.
    """
    if reply.report is not None:
        if reply.report.cycle != host_request.cycle:
            why = f"it was asked for cycle {host_request.cycle} and reports on {reply.report.cycle}"
            raise MonitorFailed(Failure.SCHEMA, why, fatal=False)
        return reply.report, reply.memory
    if reply.problem is None:
        raise MonitorFailed(Failure.SCHEMA, "its reply holds neither a report nor a problem", fatal=False)
    if reply.problem.kind is ProblemKind.AGENT_FAILED:
        raise MonitorFailed(Failure.EXCEPTION, _cut(reply.problem.text) or "it gave no reason", fatal=False)
    blind = CycleReport(cycle=host_request.cycle, monitor=who.monitor, version=who.version, problems=(reply.problem,))
    return blind, host_request.memory


def as_failure(error: Exception) -> MonitorFailed:
    """Turn an error of a call into the monitor's failure: its process is ended, and started again after a pause."""
    if isinstance(error, MonitorFailed):
        return error
    return MonitorFailed(Failure.CRASH, f"it could not be asked: {type(error).__name__}: {error}")


def read_reply(said: bytes, number: int, limits: ReplyLimits) -> Reply | None:
    """Read a reply; None for a late one, whose request has timed out.

    Raises `MonitorFailed` for what is no reply, and for one that exceeds a limit.
    """
    try:
        reply = Reply.model_validate_json(said)
    except ValidationError as error:
        raise _no_reply(said, error) from error
    if reply.id == number:
        if why := excess(reply, len(said), limits) or too_large(reply, len(said), limits):
            raise MonitorFailed(Failure.FLOOD, f"its reply was refused: {why}", fatal=False)
        return reply
    if 0 <= reply.id < number:
        return None
    why = _cut(reply.problem.text) if reply.problem else "nothing was asked under that number"
    raise MonitorFailed(Failure.SCHEMA, f"it answered request {reply.id} where {number} was asked: {why}")


def _no_reply(said: bytes, error: ValidationError) -> MonitorFailed:
    """Tell rubbish from another version of the contract, and that from a breach of this one."""
    try:
        raw = from_json(said)
    except ValueError as fault:
        what = "JSON that is nested deeper than 200 levels" if "recursion limit" in str(fault) else "what is no JSON"
        return MonitorFailed(Failure.RUBBISH, f"it wrote {what}: {said[:80]!r}")
    if not isinstance(raw, dict):
        return MonitorFailed(Failure.RUBBISH, f"it wrote JSON that is no reply: {said[:80]!r}")
    if (version := raw.get("schema", SCHEMA_VERSION)) != SCHEMA_VERSION:
        spoken = _cut(repr(version))
        return MonitorFailed(Failure.SCHEMA, f"it uses schema {spoken}, this build uses {SCHEMA_VERSION}")
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = _cut(".".join(str(part) for part in first["loc"]) or "its root")
    return MonitorFailed(Failure.SCHEMA, f"its reply breaks the contract at {where}: {first['msg']}")


def _cut(text: str) -> str:
    """A text of a monitor's own choice, short enough for a sentence."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
