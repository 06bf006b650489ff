"""A watch of a test's own server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmuxio.reading.control_reader import ControlReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer


@pytest.fixture
def watch(tmux_server: TmuxServer) -> Iterator[ControlReader]:
    watch = ControlReader(tmux_server.address)
    yield watch
    watch.close()
