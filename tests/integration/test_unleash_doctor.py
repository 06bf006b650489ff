"""The answers of `doctor` about a real server of the flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from postgres_cluster import until
from unleash_world import ADMIN_TOKEN

if TYPE_CHECKING:
    from unleash_world import Unleash

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
pytestmark = pytest.mark.timeout(300)


def said(understudy: Shell, env: dict[str, str]) -> list[tuple[str, str]]:
    found = understudy("doctor", "--json", env=env).json["checks"]
    return [(one["verdict"], one["says"]) for one in found if one["check"] == "flags server"]


def test_a_server_that_is_ready_is_well(unleash: Unleash, understudy: Shell) -> None:
    findings = said(understudy, unleash.environment())
    assert [verdict for verdict, _ in findings] == ["well", "well"]
    assert findings[1][1].endswith("lets the flag be moved: revision 0 (0 %)")


def test_a_host_that_may_only_look_is_told_so(unleash: Unleash, understudy: Shell) -> None:
    env = unleash.environment()
    del env["UNDERSTUDY_UNLEASH_ADMIN_TOKEN"]
    text = "no token with write access to the flag: this host reads it and never promotes"
    assert ("note", text) in said(understudy, env)


def test_what_a_stickiness_costs_is_said(unleash: Unleash, understudy: Shell) -> None:
    unleash.patch(("/parameters/stickiness", "session"))
    source = unleash.environment()

    def costs() -> bool:
        return any("sticky on the session" in says for _, says in said(understudy, source))

    until(costs, "the server's new word")


def test_a_server_that_is_away_and_a_token_that_others_can_read_are_broken(unleash: Unleash, understudy: Shell) -> None:
    token = understudy.write("admin", ADMIN_TOKEN)
    token.chmod(0o644)
    env = unleash.environment("http://127.0.0.1:9") | {"UNDERSTUDY_UNLEASH_ADMIN_TOKEN_FILE": str(token)}
    findings = said(understudy, env)
    assert [verdict for verdict, _ in findings] == ["broken"] * 3
    assert ADMIN_TOKEN not in str(findings)
