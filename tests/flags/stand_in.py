"""A stand-in socket that answers an HTTP client however a test wants, also not at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class StandIn:
    """Listens on the loopback; `answer` gets each question's bytes and the connection to speak on."""

    def __init__(self, answer: Callable[[bytes, socket.socket], None]) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
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
