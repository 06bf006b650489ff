"""What a server of flags says, and the address it has, are quoted without secrets and without control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stand_in import StandIn, says

from rollout.store.flags import FlagsUnreachable
from rollout.store.flags.unleash import FlagPlace, FlagsServer, UnleashTransport

if TYPE_CHECKING:
    from pathlib import Path


def doubt_of(server: StandIn, tmp_path: Path) -> str:
    url = server.url.replace("://", "://me:hunter2@")
    transport = UnleashTransport(url, "*:production.0123", "unleash_token", deadline_s=0.4)
    return FlagsServer(transport, None, FlagPlace(), tmp_path / "copy.json", patience_s=0.1).follow(1.7e9).doubt


ANSWERS = [
    pytest.param(says('{"message": "\\u001b[2Jno token=abc123def"}', "500 Oops"), id="message"),
    pytest.param(says("", "302 Found", Location="https://me:hunter2@sso.example/\x1b[2J"), id="location"),
    pytest.param(says("x", kind="text/\x1b[2Jhtml"), id="content-type"),
    pytest.param(says("{}", "401 Unauthorized"), id="refusal"),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_doubt_about_a_server_quotes_no_secret_and_moves_no_cursor(answer: object, tmp_path: Path) -> None:
    with StandIn(answer) as server:
        doubt = doubt_of(server, tmp_path)

    assert doubt
    assert "hunter2" not in doubt
    assert "abc123def" not in doubt
    assert doubt.replace("\n", "").isprintable()


def test_an_address_with_a_password_is_not_quoted_with_it() -> None:
    assert str(FlagsUnreachable("http://me:hunter2@flags:4242 hung up")) == "http://me:*******@flags:4242 hung up"
