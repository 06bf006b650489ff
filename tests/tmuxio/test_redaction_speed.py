"""Redaction takes time in proportion to the text, whatever a candidate fills its memory with."""

from __future__ import annotations

import time

import pytest

from tmuxio.redaction import redact

KEY = "A1b2C3d4E5f6G7h8I9j0K1l2"
BODY = "MIIEowIBAAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFakeFakeFakeFakeFake"
HOSTILE = {
    "lines of a key's body": f"{BODY}\n",
    "beginnings of keys": "-----BEGIN RSA PRIVATE KEY-----\n",
    "ends of keys": f"-----END RSA PRIVATE KEY-----\n{BODY}\n",
    "assignments": f"API_KEY={KEY} password: hunter2\n",
    "assignments without a line's end": f"API_KEY={KEY} password: hunter2 ",
    "quotes that never end": 'password="a b ',
    "frames": "│ token=abc12345 │ ",
    "links": "\x1b]8;;https://me:hunter2@host/\x1b\\x\x1b]8;;\x1b\\",
    "cookies": "Cookie: a=b; ",
    "colours": "\x1b[31mpassword=\x1b[0mx",
}


def seconds(text: str) -> float:
    """CPU seconds of the faster of two runs."""
    took = []
    for _ in range(2):
        began = time.process_time()
        redact(text)
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("what", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(what: str) -> None:
    piece = HOSTILE[what]
    redact(piece)
    small, large = piece * (250_000 // len(piece)), piece * (1_000_000 // len(piece))

    assert seconds(large) < 9 * seconds(small) + 0.05
