"""Check a flags file before the SDK reads it: the SDK drops invalid parts silently, and answers all the same.

An integer where Unleash writes a text, or a missing version, makes it drop the whole file; an empty list of strategies
switches a flag on for everyone; a rollout of "150" or an unknown strategy switches it off. So everything is refused
here that is not exactly the format.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rollout.store.flags import fields
from rollout.store.flags.faults import Fault, said

CANDIDATE: Final = "monitor.candidate"
"""The flag for the leases that the candidate owns."""
SHADOW: Final = "monitor.shadow"
"""The flag for the cycles in which both monitors watch."""
STICKINESS: Final = {CANDIDATE: ("lease", "session", "cycleId"), SHADOW: ("cycleId",)}
"""The properties that each flag may be sticky on: the properties that every evaluation carries."""

_STRATEGIES: Final = ("default", "flexibleRollout", "userWithId", "remoteAddress", "applicationHostname")
_OPERATORS: Final = (
    *("IN", "NOT_IN", "STR_CONTAINS", "STR_ENDS_WITH", "STR_STARTS_WITH"),
    *("NUM_EQ", "NUM_GT", "NUM_GTE", "NUM_LT", "NUM_LTE", "DATE_AFTER", "DATE_BEFORE"),
    *("SEMVER_EQ", "SEMVER_GT", "SEMVER_LT"),
)

Faults = Iterator[Fault]


def faults_of(document: object) -> Faults:
    """Find everything that is wrong with a parsed file."""
    if not isinstance(document, Mapping):
        yield Fault("$", f"must be an object, but is {said(document)}", 'write {"version": 2, "features": [...]}')
        return
    yield from _version(document)
    yield from fields.wrong_types("$", document, fields.OF_THE_FILE)
    yield from _revision(document)
    yield from _segments(document)
    segments = [segment.get("id") for segment in _list(document.get("segments")) if isinstance(segment, Mapping)]
    features = document.get("features")
    if not isinstance(features, list) or not features:
        yield Fault("$.features", "must be a list of flags that is not empty", f"put {CANDIDATE} and {SHADOW} into it")
        return
    names = [feature.get("name") for feature in features if isinstance(feature, Mapping)]
    for number, feature in enumerate(features):
        yield from _feature(f"$.features[{number}]", feature, names, segments)
    yield from _doubles(names)
    for name in STICKINESS:
        if name not in names:
            yield Fault("$.features", f"the flag {name} is missing", "copy it from the initial flags.json")


def _version(document: Mapping[str, Any]) -> Faults:
    version = document.get("version")
    if "version" not in document:
        yield Fault("$.version", "is missing, and without it the SDK drops the whole file", 'add "version": 2')
    elif isinstance(version, bool) or not isinstance(version, int) or version not in {1, 2}:
        yield Fault("$.version", f"must be the number 1 or 2, but is {said(version)}", 'write "version": 2')


def _revision(document: Mapping[str, Any]) -> Faults:
    meta = document.get("meta", {})
    if not isinstance(meta, Mapping):
        yield Fault("$.meta", f"must be an object, but is {said(meta)}", 'write {"revisionId": 0}, or take it out')
        return
    yield from fields.wrong_types("$.meta", meta, fields.OF_META)
    revision = meta.get("revisionId", 0)
    if isinstance(revision, bool) or not isinstance(revision, int) or revision < 0:
        yield Fault("$.meta.revisionId", f"must be a whole number, but is {said(revision)}", "write 0, or take it out")


def _segments(document: Mapping[str, Any]) -> Faults:
    segments = document.get("segments", [])
    ids: list[Any] = []
    if not isinstance(segments, list):
        yield Fault("$.segments", f"must be a list, but is {said(segments)}", "write [], or take it out")
        return
    for number, segment in enumerate(segments):
        path = f"$.segments[{number}]"
        if not isinstance(segment, Mapping) or not fields.WHOLE[0](segment.get("id")):
            yield Fault(path, "must be an object with a whole number as its id", 'write {"id": 1, "constraints": []}')
            continue
        if segment["id"] in ids:
            yield Fault(f"{path}.id", f"the id {segment['id']} occurs twice", "give each segment an id of its own")
        ids.append(segment["id"])
        yield from _constraints(f"{path}.constraints", segment.get("constraints"))


def _doubles(names: list[Any]) -> Faults:
    for number, name in enumerate(names):
        if name in names[:number]:
            path = f"$.features[{number}].name"
            yield Fault(path, f"the flag {said(name)} occurs twice, and the later one would win", "keep one of them")


def _feature(path: str, feature: object, names: list[Any], segments: list[Any]) -> Faults:
    if not isinstance(feature, Mapping):
        yield Fault(path, f"must be an object, but is {said(feature)}", "write a flag, or take it out")
        return
    yield from fields.wrong_types(path, feature, fields.OF_A_FLAG)
    name, strategies = feature.get("name"), feature.get("strategies")
    if not isinstance(name, str) or not name:
        yield Fault(f"{path}.name", f"must be a text, but is {said(name)}", "give the flag its name")
    if not isinstance(feature.get("enabled"), bool):
        text = f"must be true or false, but is {said(feature.get('enabled'))}"
        yield Fault(f"{path}.enabled", text, "write true or false without quotes")
    yield from _parents(f"{path}.dependencies", feature.get("dependencies", []), names)
    if not isinstance(strategies, list):
        text = f"must be a list, but is {said(strategies)}; the SDK would switch the flag on for every session"
        yield Fault(f"{path}.strategies", text, "give the flag one flexibleRollout strategy")
        return
    if not strategies:
        text = "is empty, which switches the flag on for every session"
        yield Fault(f"{path}.strategies", text, "give the flag one flexibleRollout strategy")
    for number, strategy in enumerate(strategies):
        yield from _strategy(f"{path}.strategies[{number}]", strategy, segments)
    if isinstance(name, str) and name in STICKINESS:
        yield from _ours(f"{path}.strategies", name, strategies)


def _parents(path: str, parents: object, names: list[Any]) -> Faults:
    if not isinstance(parents, list):
        yield Fault(path, f"must be a list, but is {said(parents)}", "write [], or take it out")
        return
    for number, parent in enumerate(parents):
        name = parent.get("feature") if isinstance(parent, Mapping) else None
        if name not in names:
            text = f"the parent {said(name)} is not in this file, which switches the flag off"
            yield Fault(f"{path}[{number}]", text, "add that flag, or take the dependency out")
        if isinstance(parent, Mapping):
            yield from fields.wrong_types(f"{path}[{number}]", parent, fields.OF_A_PARENT)


def _ours(path: str, name: str, strategies: list[Any]) -> Faults:
    """Check one of the two routing flags: only its share may decide."""
    if len(strategies) > 1:
        text = f"{name} has {len(strategies)} strategies, and any of them could switch it on"
        yield Fault(path, text, "keep one flexibleRollout strategy")
    for number, strategy in enumerate(strategies):
        if not isinstance(strategy, Mapping) or strategy.get("name") not in _STRATEGIES:
            continue  # reported already
        if strategy["name"] != "flexibleRollout":
            text = f"{name} must be routed by flexibleRollout, but has {said(strategy['name'])}"
            yield Fault(f"{path}[{number}].name", text, 'write "flexibleRollout"')
            continue
        parameters = strategy.get("parameters")
        stickiness = parameters.get("stickiness") if isinstance(parameters, Mapping) else None
        if isinstance(stickiness, str) and stickiness and stickiness not in STICKINESS[name]:
            allowed = " or ".join(said(value) for value in STICKINESS[name])
            text = f"{name} cannot be sticky on {said(stickiness)}: no evaluation would be stable"
            yield Fault(f"{path}[{number}].parameters.stickiness", text, f"write {allowed}")


def _strategy(path: str, strategy: object, segments: list[Any]) -> Faults:
    if not isinstance(strategy, Mapping):
        yield Fault(path, f"must be an object, but is {said(strategy)}", "write a strategy, or take it out")
        return
    yield from fields.wrong_types(path, strategy, fields.OF_A_STRATEGY)
    name, parameters = strategy.get("name"), strategy.get("parameters", {})
    if name not in _STRATEGIES:
        text = f"there is no strategy {said(name)}, which switches the flag off"
        yield Fault(f"{path}.name", text, f"use one of {', '.join(_STRATEGIES)}")
    if not isinstance(parameters, Mapping):
        yield Fault(f"{path}.parameters", f"must be an object, but is {said(parameters)}", "write {}")
    elif name == "flexibleRollout":
        yield from _rollout(f"{path}.parameters", parameters)
    else:
        for key, value in parameters.items():
            if not isinstance(value, str):
                text = f"must be a text, but is {said(value)}; the SDK would drop the whole file"
                yield Fault(f"{path}.parameters.{key}", text, f"write {said(said(value))}")
    yield from _constraints(f"{path}.constraints", strategy.get("constraints", []))
    for number, segment in enumerate(_list(strategy.get("segments"))):
        if not fields.WHOLE[0](segment) or segment not in segments:
            text = f"there is no segment {said(segment)} in this file, which switches the flag off"
            yield Fault(f"{path}.segments[{number}]", text, "add the segment, or take it out here")


def _rollout(path: str, parameters: Mapping[str, Any]) -> Faults:
    rollout = parameters.get("rollout")
    fix = 'write a whole number from "0" to "100", in quotes'
    if "rollout" not in parameters:
        yield Fault(f"{path}.rollout", "is missing", fix)
    elif not isinstance(rollout, str):
        text = f"must be a text, but is {said(rollout)}; the SDK would drop the whole file"
        yield Fault(f"{path}.rollout", text, fix)
    elif not _is_share(rollout):
        yield Fault(f"{path}.rollout", f"{said(rollout)} is no share in percent", fix)
    for key, why, example in (
        ("stickiness", "without it the flag is off, or re-rolled at every look", "lease"),
        ("groupId", "it decides who is among the first", "monitor.candidate"),
    ):
        value = parameters.get(key)
        if not isinstance(value, str) or not value:
            problem = "is missing" if key not in parameters else f"must be a text, but is {said(value)}"
            yield Fault(f"{path}.{key}", f"{problem}; {why}", f'add it, such as "{key}": "{example}"')


def _constraints(path: str, constraints: object) -> Faults:
    if not isinstance(constraints, list):
        yield Fault(path, f"must be a list, but is {said(constraints)}", "write []")
        return
    for number, constraint in enumerate(constraints):
        here = f"{path}[{number}]"
        if not isinstance(constraint, Mapping):
            yield Fault(here, f"must be an object, but is {said(constraint)}", "write a constraint, or take it out")
            continue
        yield from fields.wrong_types(here, constraint, fields.OF_A_CONSTRAINT)
        name, operator = constraint.get("contextName"), constraint.get("operator")
        if not isinstance(name, str) or not name:
            yield Fault(f"{here}.contextName", f"must be a text, but is {said(name)}", 'name it, such as "session"')
        if operator not in _OPERATORS:
            text = f"there is no operator {said(operator)}, which switches the flag off"
            yield Fault(f"{here}.operator", text, f"use one of {', '.join(_OPERATORS)}")


def _is_share(text: str) -> bool:
    plain = text.isascii() and text.isdecimal() and str(int(text)) == text
    return plain and int(text) <= fields.HIGHEST_PERCENT


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []
