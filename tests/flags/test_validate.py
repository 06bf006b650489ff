"""Everything that the SDK would drop or misread without a word is refused, with its JSON path and what to do."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.store.flags import BadFlags, initial_text, parse_flags

INITIAL = json.loads(initial_text())
STRATEGY = "$.features[0].strategies[0]"
SEGMENT = {"id": 1, "name": "few", "constraints": []}
NOWHERE = {"contextName": "session", "operator": "NEAR", "values": ["a"]}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    body = copy.deepcopy(INITIAL)
    change(body)
    return json.dumps(body)


def parameters(body: dict[str, Any]) -> dict[str, Any]:
    return body["features"][0]["strategies"][0]["parameters"]


def strategy(body: dict[str, Any]) -> dict[str, Any]:
    return body["features"][0]["strategies"][0]


def flag(body: dict[str, Any]) -> dict[str, Any]:
    return body["features"][0]


def faults(text: str) -> dict[str, str]:
    with pytest.raises(BadFlags) as caught:
        parse_flags(text, "flags.json")
    assert all(fault.fix for fault in caught.value.faults)
    return {fault.path: str(fault) for fault in caught.value.faults}


def test_the_initial_flags_expose_nothing_and_shadow_everything() -> None:
    document = parse_flags(initial_text())
    assert (document.candidate.percent, document.shadow.percent, document.revision) == (0, 100, 0)
    assert (document.candidate.stickiness, document.candidate.group) == ("lease", "monitor.candidate")


BAD: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "integer rollout": (lambda b: parameters(b).update(rollout=50), f"{STRATEGY}.parameters.rollout", "must be a text"),
    "fraction as a number": (lambda b: parameters(b).update(rollout=12.5), f"{STRATEGY}.parameters.rollout", "12.5"),
    "rollout 150": (lambda b: parameters(b).update(rollout="150"), f"{STRATEGY}.parameters.rollout", '"150"'),
    "rollout abc": (lambda b: parameters(b).update(rollout="abc"), f"{STRATEGY}.parameters.rollout", '"abc"'),
    "rollout 50.5": (lambda b: parameters(b).update(rollout="50.5"), f"{STRATEGY}.parameters.rollout", "50.5"),
    "rollout -5": (lambda b: parameters(b).update(rollout="-5"), f"{STRATEGY}.parameters.rollout", "-5"),
    "rollout 05": (lambda b: parameters(b).update(rollout="05"), f"{STRATEGY}.parameters.rollout", "05"),
    "no rollout": (lambda b: parameters(b).pop("rollout"), f"{STRATEGY}.parameters.rollout", "is missing"),
    "no version": (lambda b: b.pop("version"), "$.version", 'add "version": 2'),
    "version as text": (lambda b: b.update(version="2"), "$.version", "must be the number"),
    "version true": (lambda b: b.update(version=True), "$.version", "must be the number"),
    "version 7": (lambda b: b.update(version=7), "$.version", "7"),
    "empty strategies": (lambda b: flag(b).update(strategies=[]), "$.features[0].strategies", "for every session"),
    "no strategies": (lambda b: flag(b).pop("strategies"), "$.features[0].strategies", "for every session"),
    "strategies null": (lambda b: flag(b).update(strategies=None), "$.features[0].strategies", "for every session"),
    "unknown strategy": (lambda b: strategy(b).update(name="gradualRolout"), f"{STRATEGY}.name", "gradualRolout"),
    "unknown operator": (
        lambda b: strategy(b).update(constraints=[NOWHERE]),
        f"{STRATEGY}.constraints[0].operator",
        "NEAR",
    ),
    "operator missing": (
        lambda b: strategy(b).update(constraints=[{"contextName": "session"}]),
        f"{STRATEGY}.constraints[0].operator",
        "no operator null",
    ),
    "values as text": (
        lambda b: strategy(b).update(constraints=[{"contextName": "session", "operator": "IN", "values": "a"}]),
        f"{STRATEGY}.constraints[0].values",
        "list of texts",
    ),
    "duplicate name": (
        lambda b: b["features"].append(copy.deepcopy(b["features"][0])),
        "$.features[2].name",
        "occurs twice",
    ),
    "no stickiness": (lambda b: parameters(b).pop("stickiness"), f"{STRATEGY}.parameters.stickiness", "is missing"),
    "stickiness empty": (lambda b: parameters(b).update(stickiness=""), f"{STRATEGY}.parameters.stickiness", "text"),
    "stickiness random": (
        lambda b: parameters(b).update(stickiness="random"),
        f"{STRATEGY}.parameters.stickiness",
        '"lease" or "session" or "cycleId"',
    ),
    "stickiness unknown": (
        lambda b: parameters(b).update(stickiness="agentId"),
        f"{STRATEGY}.parameters.stickiness",
        "",
    ),
    "no group": (lambda b: parameters(b).pop("groupId"), f"{STRATEGY}.parameters.groupId", "is missing"),
    "two strategies": (
        lambda b: flag(b)["strategies"].append(copy.deepcopy(strategy(b))),
        "$.features[0].strategies",
        "keep one",
    ),
    "default strategy": (
        lambda b: flag(b).update(strategies=[{"name": "default", "parameters": {}}]),
        f"{STRATEGY}.name",
        "flexibleRollout",
    ),
    "enabled as text": (lambda b: flag(b).update(enabled="true"), "$.features[0].enabled", "true or false"),
    "name missing": (lambda b: flag(b).pop("name"), "$.features[0].name", "must be a text"),
    "name is a list": (lambda b: flag(b).update(name=[]), "$.features[0].name", "must be a text"),
    "no candidate": (lambda b: b["features"].pop(0), "$.features", "monitor.candidate is missing"),
    "no shadow": (lambda b: b["features"].pop(1), "$.features", "monitor.shadow is missing"),
    "features null": (lambda b: b.update(features=None), "$.features", "must be a list"),
    "features empty": (lambda b: b.update(features=[]), "$.features", "must be a list"),
    "flag is a text": (lambda b: b["features"].append("x"), "$.features[2]", "must be an object"),
    "missing segment": (lambda b: strategy(b).update(segments=[1]), f"{STRATEGY}.segments[0]", "no segment 1"),
    "segment twice": (lambda b: b.update(segments=[SEGMENT, SEGMENT]), "$.segments[1].id", "occurs twice"),
    "missing parent": (
        lambda b: flag(b).update(dependencies=[{"feature": "kill"}]),
        "$.features[0].dependencies[0]",
        '"kill"',
    ),
    "parameters null": (lambda b: strategy(b).update(parameters=None), f"{STRATEGY}.parameters", "must be an object"),
    "revision as text": (lambda b: b.update(meta={"revisionId": "3"}), "$.meta.revisionId", "whole number"),
    "revision below 0": (lambda b: b.update(meta={"revisionId": -1}), "$.meta.revisionId", "whole number"),
    "values missing quotes": (
        lambda b: strategy(b).update(constraints=[{"contextName": "session", "operator": "IN", "values": [5]}]),
        f"{STRATEGY}.constraints[0].values",
        "list of texts",
    ),
    "inverted as text": (
        lambda b: strategy(b).update(
            constraints=[{"contextName": "s", "operator": "IN", "values": [], "inverted": "no"}]
        ),
        f"{STRATEGY}.constraints[0].inverted",
        "true or false",
    ),
    "stale as text": (lambda b: flag(b).update(stale="no"), "$.features[0].stale", "true or false"),
    "variants": (lambda b: flag(b).update(variants=[{}]), "$.features[0].variants", "variants"),
    "etag as number": (lambda b: b.update(meta={"etag": 1}), "$.meta.etag", "a text"),
    "meta null": (lambda b: b.update(meta=None), "$.meta", "must be an object"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused_with_path_and_fix(case: str) -> None:
    change, path, word = BAD[case]
    found = faults(changed(change))
    assert path in found
    assert word in found[path]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        (initial_text()[:200], "cut short"),
        (initial_text().rstrip()[:-1], "cut short"),
        ("<html></html>", "line 1, column 1"),
        ("null", "must be an object"),
        ("[]", "must be an object"),
        ('{"version": 2, "version": 2}', "occurs twice"),
        ('{"version": NaN}', "NaN"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_not_a_flags_file_at_all_is_a_sentence(text: str, word: str) -> None:
    (said,) = faults(text).values()
    assert word in said


def test_every_fault_is_named_at_once() -> None:
    found = faults(changed(lambda b: (parameters(b).update(rollout=5), b.pop("version"), flag(b).pop("enabled"))))
    assert len(found) == 3


GOOD = {
    "any whole share": lambda b: parameters(b).update(rollout="37"),
    "switched off": lambda b: flag(b).update(enabled=False),
    "sticky on the session": lambda b: parameters(b).update(stickiness="session"),
    "keys of the operator's own": lambda b: b.update({"$schema": "x", "_comment": "y", "query": {}}),
    "no revision": lambda b: b.pop("meta"),
    "a session kept out": lambda b: strategy(b).update(
        constraints=[{"contextName": "session", "operator": "NOT_IN", "values": ["payroll"], "inverted": False}]
    ),
    "a segment": lambda b: (b.update(segments=[SEGMENT]), strategy(b).update(segments=[1])),
    "another flag": lambda b: b["features"].append(
        {"name": "theirs", "enabled": True, "strategies": [{"name": "default"}]}
    ),
    "a parent": lambda b: (
        b["features"].append({"name": "kill", "enabled": False, "strategies": [{"name": "default"}]}),
        flag(b).update(dependencies=[{"feature": "kill", "enabled": False}]),
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_is_right_the_sdk_knows_too(case: str) -> None:
    from yggdrasil_engine.engine import UnleashEngine

    document = parse_flags(changed(GOOD[case]))
    engine = UnleashEngine()
    engine.take_state(document.text)
    assert {toggle.name for toggle in engine.list_known_toggles()} == {one["name"] for one in document.body["features"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 200) | st.sampled_from(["", "lease", "5", "abc", "flexibleRollout"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "id", "rollout"]), inner),
    max_leaves=8,
)
PATHS: list[tuple[str | int, ...]] = [
    ("version",),
    ("meta",),
    ("features",),
    ("segments",),
    ("features", 0),
    ("features", 0, "name"),
    ("features", 0, "enabled"),
    ("features", 0, "strategies"),
    ("features", 0, "dependencies"),
    ("features", 0, "strategies", 0),
    ("features", 0, "strategies", 0, "name"),
    ("features", 0, "strategies", 0, "parameters"),
    ("features", 0, "strategies", 0, "parameters", "rollout"),
    ("features", 0, "strategies", 0, "parameters", "stickiness"),
    ("features", 0, "strategies", 0, "constraints"),
    ("features", 0, "strategies", 0, "segments"),
    ("features", 0, "strategies", 0, "sortOrder"),
    ("features", 0, "strategies", 0, "variants"),
    ("features", 0, "description"),
    ("features", 0, "stale"),
    ("features", 0, "variants"),
    ("meta", "etag"),
    ("meta", "revisionId"),
    ("query",),
]


@given(st.sampled_from(PATHS), JSON)
def test_whatever_stands_somewhere_is_read_or_refused_and_the_sdk_agrees(
    path: tuple[str | int, ...], value: Any
) -> None:
    from yggdrasil_engine.engine import UnleashEngine

    body = copy.deepcopy(INITIAL)
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    try:
        document = parse_flags(json.dumps(body))
    except BadFlags as error:
        assert error.faults  # noqa: PT017 - either answer is right; it must be one of the two
        return
    engine = UnleashEngine()
    engine.take_state(document.text)
    assert "monitor.candidate" in {toggle.name for toggle in engine.list_known_toggles()}
