"""The real flags server of this folder's tests: started once, and as it should be at the start of each."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import insists
import pytest
from postgres_cluster import ROOT
from unleash_world import Unleash, world

from rollout.store.flags import initial_text, parse_flags
from rollout.store.flags.unleash import FlagPlace, UnleashTransport, carry_out, look_around, steps_to

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.register_assert_rewrite("tests.cli.shell")


@pytest.fixture(scope="session")
def installed() -> None:
    """Skip where the server cannot be installed; where it has to be, fail."""
    done = subprocess.run([ROOT / "scripts" / "prepare-unleash"], capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1]
        if insists.on(insists.INTEGRATION):
            pytest.fail(f"{insists.INTEGRATION}=1, and there is no flags server: {why}")
        pytest.skip(f"no flags server: {why}")


@pytest.fixture
def bare_server(installed: None) -> Iterator[Unleash]:  # noqa: ARG001 - what has to be there first
    """A real server on which nothing was made yet."""
    yield from world()


@pytest.fixture(scope="session")
def server(installed: None) -> Iterator[Unleash]:  # noqa: ARG001 - as above
    """A real server, as the test before left it."""
    yield from world()


@pytest.fixture
def unleash(server: Unleash) -> Iterator[Unleash]:
    """The server with the flags of a rollout, at nothing; healed afterwards from whatever the test did to it."""
    server.revive()
    transport, place = UnleashTransport(server.url, "*:*.admin-of-a-test"), FlagPlace()
    found = look_around(transport, place)
    for step in steps_to(parse_flags(initial_text()), found, place, transport.url):
        carry_out(transport, step)
    server.reset()
    yield server
    server.reset()
