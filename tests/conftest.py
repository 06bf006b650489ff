"""Fixtures of all tests: a private tmux server for each, and the profile of hypothesis."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import insists
import pure
import pytest
from hypothesis import HealthCheck, settings
from private_tmux import TmuxServer, private_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


settings.register_profile(
    "default-run",
    max_examples=60,
    deadline=None,  # a loaded machine is no bug
    derandomize=True,  # the same run on every machine; a found failure becomes a test of its own
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("default-run"), max_examples=15)  # `make check`
settings.register_profile("deep", settings.get_profile("default-run"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default-run"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background job; what tests start inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--pure`, by which `make check` chooses its tests."""
    parser.addoption("--pure", action="store_true", help="only files of tests that start no program and no server")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, with `--pure`, every file that is not; None lets pytest decide."""
    chosen = config.getoption("pure") and collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if chosen and not pure.is_pure(collection_path) else None


def pytest_configure(config: pytest.Config) -> None:
    """Hide this run's requirements from the programs under test; the process that distributes tests needs them."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        insists.keep_to_tests()


@pytest.fixture
def tmux_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TmuxServer]:
    """A private server of one test, which does not know of any tmux around it."""
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("TMUX_PANE", raising=False)
    with private_server() as server:
        yield server
