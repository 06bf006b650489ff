"""A stand-in socket that answers an HTTP client however a test wants, also not at all."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from listener import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping


class StandIn(Listener):
    """`answer` gets each question's bytes and the connection to speak on."""

    def __init__(self, answer: Callable[[bytes, socket.socket], None]) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[bytes] = []

    def serve(self, client: socket.socket) -> None:
        """Keep the question, and answer it."""
        question = client.recv(1 << 16)
        self.asked.append(question)
        self.answer(question, client)


def says(
    body: str | bytes, status: str = "200 OK", kind: str = "application/json", **headers: str
) -> Callable[[bytes, socket.socket], None]:
    """Answer so, whatever the question."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(raw)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + raw
    return lambda _question, client: client.sendall(whole)


def features(body: Mapping[str, Any] | str, **headers: str) -> Callable[[bytes, socket.socket], None]:
    """Answer as a flags server does."""
    return says(body if isinstance(body, str) else json.dumps(body), **headers)


def drips(prefix: bytes = b"", every_s: float = 0.05) -> Callable[[bytes, socket.socket], None]:
    """Answer a byte at a time, without an end."""

    def answer(_question: bytes, client: socket.socket) -> None:
        client.sendall(prefix)
        while True:
            client.sendall(b" ")
            time.sleep(every_s)

    return answer


def floods(_question: bytes, client: socket.socket) -> None:
    """Answer with more than any flags are."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
    while True:
        client.sendall(b" " * (1 << 20))


def hangs(_question: bytes, client: socket.socket) -> None:
    """Never answer."""
    client.recv(1)
