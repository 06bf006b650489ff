"""`understudy unleash init` on a real server: what is missing is made, what is there is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unleash_world import CANDIDATE, ENVIRONMENT

if TYPE_CHECKING:
    from unleash_world import Unleash

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
pytestmark = pytest.mark.timeout(300)  # the first of these waits for the installation


def test_it_makes_everything_once_and_nothing_twice(bare_server: Unleash, understudy: Shell) -> None:
    env = bare_server.environment()
    dry = understudy("unleash", "init", "--dry-run", "--json", env=env).json
    assert dry["dry_run"]
    assert dry["steps"] == dry["left"]
    assert dry["steps"].index(f"switch {CANDIDATE} on in {ENVIRONMENT}") > dry["steps"].index(
        f"give {CANDIDATE} its strategy: 0 %, sticky on lease"
    )
    assert not bare_server.knows(CANDIDATE)
    done = understudy("unleash", "init", "--json", env=env).json
    assert (done["steps"], done["left"]) == (dry["steps"], [])
    fields = {field["name"]: field["stickiness"] for field in bare_server.admin("GET", "/context")}
    assert fields["lease"] is fields["session"] is fields["cycleId"] is True
    flag = bare_server.flag()
    assert flag["enabled"]
    assert flag["strategies"][0]["parameters"] == {"rollout": "0", "stickiness": "lease", "groupId": CANDIDATE}
    assert len(flag["strategies"]) == 1
    assert bare_server.flag("monitor.shadow")["strategies"][0]["parameters"]["rollout"] == "100"
    before = bare_server.admin("GET", "/events?project=default")["totalEvents"]
    again = understudy("unleash", "init", env=env)
    assert "everything is there; nothing was changed" in again.out
    assert bare_server.admin("GET", "/events?project=default")["totalEvents"] == before


def test_a_flag_that_an_operator_switched_off_stays_off(unleash: Unleash, understudy: Shell) -> None:
    unleash.admin("POST", f"/projects/default/features/{CANDIDATE}/environments/{ENVIRONMENT}/off")
    assert understudy("unleash", "init", "--json", env=unleash.environment()).json["steps"] == []
    assert not unleash.flag()["enabled"]


def test_another_flag_of_the_same_name_is_named_and_left(unleash: Unleash, understudy: Shell) -> None:
    path = f"/projects/default/features/{CANDIDATE}/environments/{ENVIRONMENT}/strategies"
    unleash.admin("POST", path, {"name": "default", "parameters": {}})
    said = understudy("unleash", "init", env=unleash.environment())
    assert said.code == 78
    assert f"{CANDIDATE} has 2 strategies" in said.err
    assert len(unleash.flag()["strategies"]) == 2


def test_an_environment_that_is_switched_off_is_switched_on(unleash: Unleash, understudy: Shell) -> None:
    unleash.admin("POST", f"/environments/{ENVIRONMENT}/off")
    said = understudy("unleash", "init", "--json", env=unleash.environment()).json
    assert said["steps"] == [f"switch the environment {ENVIRONMENT} on"]
    assert unleash.admin("GET", f"/environments/{ENVIRONMENT}")["enabled"]


def test_an_environment_that_is_not_there_is_a_sentence(unleash: Unleash, understudy: Shell) -> None:
    env = unleash.environment() | {"UNDERSTUDY_UNLEASH_ENVIRONMENT": "moon"}
    said = understudy("unleash", "init", env=env)
    assert said.code == 78
    assert "there is no environment moon: set unleash_environment to one of development, production" in said.err


def test_a_token_that_may_not_is_a_sentence_without_the_token(unleash: Unleash, understudy: Shell) -> None:
    env = unleash.environment() | {"UNDERSTUDY_UNLEASH_ADMIN_TOKEN": "default:production.nobody"}
    said = understudy("unleash", "init", env=env)
    assert said.code == 69
    assert "refuses unleash_admin_token (401)" in said.err
    assert "nobody" not in said.err


def test_a_server_that_is_away_is_69(understudy: Shell, unleash: Unleash) -> None:
    env = unleash.environment("http://127.0.0.1:9")
    assert understudy("unleash", "init", env=env).code == 69
