"""Setting a server up for a rollout: what is there, what is missing, and the calls that make it. Safe to repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from rollout.store.flags.document import FlagsDocument, Share
from rollout.store.flags.faults import BadFlags, Fault, said
from rollout.store.flags.port import FlagsUnreachable
from rollout.store.flags.unleash.strategy import WRITE_S, FlagPlace, title
from rollout.store.flags.unleash.transport import UnleashTransport
from rollout.store.flags.validate import CANDIDATE, SHADOW

FIELDS: Final = {
    "lease": "A session for a slot of time: what an owner owns.",
    "session": "A tmux session.",
    "cycleId": "One cycle of the loop.",
}
"""The properties that every evaluation carries: each may be what a flag is sticky on."""
_KINDS: Final = {CANDIDATE: "release", SHADOW: "operational"}
_ABOUT: Final = {
    CANDIDATE: "Which leases (a session for half an hour) the candidate owns; all others are the incumbent's.",
    SHADOW: "In which cycles both monitors watch the same tape, to be compared.",
}
_MISSING: Final = 404


@dataclass(frozen=True, slots=True)
class ServerInventory:
    """What is on a server already."""

    environments: Mapping[str, bool]
    """Name -> whether it is switched on."""
    in_project: frozenset[str]
    """The environments that the project takes part in."""
    fields: Mapping[str, bool]
    """Context field -> whether a flag may be sticky on it."""
    flags: Mapping[str, Mapping[str, Any] | None]
    """Ours, as the environment has them; None where there is no such flag."""


@dataclass(frozen=True, slots=True)
class SetupCall:
    """One call that is missing."""

    says: str
    method: str
    path: str
    body: Any = None


def look_around(transport: UnleashTransport, place: FlagPlace) -> ServerInventory:
    """Ask a server what is there; raises `FlagsUnreachable`."""
    everywhere = _listed(transport, "/api/admin/environments")
    here = _listed(transport, f"/api/admin/environments/project/{quote(place.project, safe='')}")
    fields = transport.request("GET", "/api/admin/context")
    if not fields.done or not isinstance(fields.body, list):
        raise FlagsUnreachable(f"{transport.url} does not list its context fields ({fields.says})")
    in_project = frozenset(one["name"] for one in here if one.get("visible", True))
    return ServerInventory(
        environments={one["name"]: bool(one.get("enabled")) for one in everywhere},
        in_project=in_project,
        fields={one["name"]: bool(one.get("stickiness")) for one in fields.body},
        flags={name: _flag(transport, place, name, there=place.environment in in_project) for name in _KINDS},
    )


def _listed(transport: UnleashTransport, path: str) -> list[dict[str, Any]]:
    reply = transport.request("GET", path)
    if not reply.done or not isinstance(reply.body, Mapping):
        raise FlagsUnreachable(f"{transport.url} does not list its environments ({reply.says})")
    return list(reply.body.get("environments", ()))


def _flag(transport: UnleashTransport, place: FlagPlace, name: str, *, there: bool) -> Mapping[str, Any] | None:
    reply = transport.request("GET", f"{place.flags}/{quote(name, safe='')}")
    if reply.status == _MISSING:
        return None
    if not reply.done:
        raise FlagsUnreachable(f"{transport.url} does not tell the flag {name} ({reply.says})")
    if not there:
        return {"enabled": False, "strategies": []}
    body = transport.request("GET", place.path(name)).body
    return body if isinstance(body, Mapping) else {"enabled": False, "strategies": []}


def steps_to(wanted: FlagsDocument, found: ServerInventory, place: FlagPlace, source: str) -> tuple[SetupCall, ...]:
    """The calls that are missing, in their order; none where everything is there. Pure.

    Raises `BadFlags` where something is there that is not what a rollout needs, and that somebody must have put there:
    nothing of that is changed.
    """
    faults = tuple(_in_the_way(found, place))
    if faults:
        raise BadFlags(source, faults)
    return (*_environment(found, place), *_fields(found), *_flags(wanted, found, place))


def carry_out(transport: UnleashTransport, step: SetupCall) -> None:
    """Make one call; raises `FlagsUnreachable`."""
    reply = transport.request(step.method, step.path, step.body, deadline_s=WRITE_S)
    if not reply.done:
        raise FlagsUnreachable(f"{transport.url} did not: {step.says} ({reply.says}); what was done stays, begin again")


def _in_the_way(found: ServerInventory, place: FlagPlace) -> Iterator[Fault]:
    if place.environment not in found.environments:
        names = ", ".join(sorted(found.environments)) or "none"
        fix = f"set unleash_environment to one of {names}, or make it there"
        yield Fault("$", f"there is no environment {place.environment}", fix)
    for name, flag in found.flags.items():
        strategies = flag["strategies"] if flag else []
        if len(strategies) > 1:
            text = f"{name} has {len(strategies)} strategies, and any of them could switch it on"
            yield Fault(f"{name}.strategies", text, "keep one flexibleRollout strategy")
        elif strategies and strategies[0].get("name") != "flexibleRollout":
            text = f"{name} is routed by {said(strategies[0].get('name'))}, not by flexibleRollout"
            yield Fault(f"{name}.strategies[0]", text, "take that strategy out")
        elif flag and flag.get("enabled") and not strategies:
            yield Fault(name, "is switched on without a strategy: on for everybody", "switch it off")


def _environment(found: ServerInventory, place: FlagPlace) -> Iterator[SetupCall]:
    name = place.environment
    if not found.environments[name]:
        path = f"/api/admin/environments/{quote(name, safe='')}/on"
        yield SetupCall(f"switch the environment {name} on", "POST", path)
    if name not in found.in_project:
        path = f"/api/admin/projects/{quote(place.project, safe='')}/environments"
        yield SetupCall(f"let {place.project} take part in {name}", "POST", path, {"environment": name})


def _fields(found: ServerInventory) -> Iterator[SetupCall]:
    for name, about in FIELDS.items():
        body = {"name": name, "description": about, "stickiness": True, "legalValues": []}
        if name not in found.fields:
            yield SetupCall(f"create the context field {name}, sticky", "POST", "/api/admin/context", body)
        elif not found.fields[name]:
            yield SetupCall(f"make the context field {name} sticky", "PUT", f"/api/admin/context/{name}", body)


def _flags(wanted: FlagsDocument, found: ServerInventory, place: FlagPlace) -> Iterator[SetupCall]:
    for name, share in ((CANDIDATE, wanted.candidate), (SHADOW, wanted.shadow)):
        there = found.flags.get(name)
        if there is None:
            body = {"name": name, "type": _KINDS[name], "description": _ABOUT[name], "impressionData": False}
            yield SetupCall(f"create the flag {name}", "POST", place.flags, body)
        if there and there["strategies"]:
            continue  # as somebody left it, also where it is off: that may be on purpose
        path = place.path(name)
        says = f"give {name} its strategy: {share.rollout} %, sticky on {share.stickiness}"
        yield SetupCall(says, "POST", f"{path}/strategies", _strategy(name, share))
        # only now: a flag that is switched on without a strategy is given one that is on for everybody
        yield SetupCall(f"switch {name} on in {place.environment}", "POST", f"{path}/on")


def _strategy(name: str, share: Share) -> dict[str, Any]:
    return {
        "name": "flexibleRollout",
        "title": title(0, share.rollout) if name == CANDIDATE else "understudy",
        "parameters": {"rollout": str(share.rollout), "stickiness": share.stickiness, "groupId": share.group},
        "constraints": [],
        "segments": [],
        "variants": [],
    }
