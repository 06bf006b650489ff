"""A large memory is redacted in a process of its own, to the same text as a small one."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import pytest

from rollout.loop.memory_redaction import SMALL, MemoryRedaction
from tmuxio.tapes.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = "AWS_SECRET_ACCESS_KEY=MIIEowIBAAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFake\npassword: hunter2hunter2"


@pytest.fixture
def redaction(tmp_path: Path) -> Iterator[MemoryRedaction]:
    made = MemoryRedaction(redact, None, tmp_path / "redaction.log")
    yield made
    if made._process is not None:
        made._process.end()


@pytest.mark.parametrize("size", [1, 2 * SMALL])
def test_secrets_are_blanked_whatever_the_size(redaction: MemoryRedaction, size: int) -> None:
    memory = {"screens": [KEYS] * (size // len(KEYS) + 1), "count": 3, "naïve": None}
    kept = redaction(memory)
    assert "hunter2" not in kept
    assert "MIIEow" not in kept
    found = json.loads(kept)  # a list is redacted as one text: a row may lose more than it does alone
    assert len(found.pop("screens")) == len(memory["screens"])
    assert found == {"count": 3, "naïve": None}
    assert (redaction._process is not None) == (size > SMALL)


def test_other_threads_go_on_while_a_large_memory_is_redacted(redaction: MemoryRedaction) -> None:
    redaction(["x" * 2 * SMALL])  # the process is up
    done = threading.Event()
    thread = threading.Thread(target=lambda: redaction("\n".join([KEYS] * 2000)) and done.set())
    thread.start()
    longest, last = 0.0, time.monotonic()
    while not done.is_set():
        time.sleep(0.001)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    thread.join()
    began = time.monotonic()
    redact("\n".join([KEYS] * 2000))
    assert longest < (time.monotonic() - began) / 2, "no caller waits for as long as it takes"
