"""A stand-in socket between a run and the real server: passes everything on until it is told what to do to a PATCH."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Middleman:
    """Listens on a port of its own and passes each connection on."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.swallows = False
        """Whether a PATCH is never passed on, and never answered."""
        self.mute = False
        """Whether the answer to a PATCH is lost on its way back."""
        self.on_patch: Callable[[], None] = lambda: None
        """Done when a PATCH has come, before it is passed on."""
        self.heard = threading.Event()
        """Set once a PATCH came."""
        self._gone = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._gone.set()
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            asked = client.recv(1 << 16)
            patch = asked.startswith(b"PATCH")
            if patch:
                self.heard.set()
                self.on_patch()
                if self.swallows:
                    self._gone.wait()
                    return
            with socket.create_connection(("127.0.0.1", self._to)) as server:
                server.sendall(asked)
                back = threading.Thread(
                    target=_pass, args=(server, None if patch and self.mute else client), daemon=True
                )
                back.start()
                _pass(client, server)
                back.join(timeout=20)


def _pass(source: socket.socket, to: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            if to is not None:
                to.sendall(piece)
