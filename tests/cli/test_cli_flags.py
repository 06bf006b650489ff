"""Flags: shown, checked, and every fault named with its key and its remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from rollout.store.flags import initial_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


def test_before_the_first_run_the_initial_flags_are_shown(understudy: Shell) -> None:
    said = understudy("flags", "show", "--json").json
    assert said["path"] is None
    assert said["candidate"] == {"enabled": True, "percent": 0, "stickiness": "lease"}
    assert said["shadow"]["percent"] == 100
    assert "no working copy yet" in understudy("flags", "show").out


def test_the_initial_flags_are_valid(understudy: Shell) -> None:
    assert understudy("flags", "check").code == 0


def strategy(flags: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = flags["features"][0]["strategies"][0]
    return found


def without_stickiness(flags: dict[str, Any]) -> None:
    del strategy(flags)["parameters"]["stickiness"]


def with_rollout(value: object) -> Callable[[dict[str, Any]], None]:
    return lambda flags: strategy(flags)["parameters"].update(rollout=value)


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (with_rollout(5), ".parameters.rollout"),
        (with_rollout("abc"), ".parameters.rollout"),
        (with_rollout("150"), ".parameters.rollout"),
        (without_stickiness, ".parameters.stickiness"),
        (lambda flags: flags.pop("version"), "$.version"),
        (lambda flags: flags["features"][0].update(strategies=[]), ".strategies"),
        (lambda flags: strategy(flags).update(name="gradual"), ".strategies[0].name"),
        (lambda flags: flags["features"].append(flags["features"][0]), "$.features"),
    ],
)
def test_a_fault_is_named_with_its_key_and_ends_with_78(
    understudy: Shell, spoil: Callable[[dict[str, Any]], None], key: str
) -> None:
    flags = json.loads(initial_text())
    spoil(flags)
    path = understudy.write("mine.json", json.dumps(flags))
    said = understudy("flags", "check", path)
    assert said.code == 78
    assert key in said.err
    assert said.err.count(": ") >= 3  # file, key, fault, remedy
    as_json = understudy("flags", "check", path, "--json")
    assert as_json.code == 78
    assert as_json.json["valid"] is False
    assert all(fault["remedy"] for fault in as_json.json["faults"])


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "\x00", '{"version": 2, "version": 2}'])
def test_a_file_that_is_no_json_is_a_sentence(understudy: Shell, text: str) -> None:
    assert understudy("flags", "check", understudy.write("mine.json", text)).code == 78


def test_a_file_that_is_not_there_is_a_sentence(understudy: Shell) -> None:
    said = understudy("flags", "check", "none.json")
    assert said.code == 2
    assert "none.json: no such file" in said.err
