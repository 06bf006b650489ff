from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fault_delivery import Deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from private_tmux import TmuxServer


@pytest.fixture
def deliveries(tmux_server: TmuxServer, tmp_path: Path) -> Iterator[Deliveries]:
    """Deliveries to the agents of a private server."""
    made = Deliveries(tmux_server, tmp_path)
    yield made
    made.close()
