"""A stand-in socket between a run and the real server: passes everything on until it is told what to do to a PATCH."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable


class Middleman(Listener):
    """Listens on a port of its own and passes each connection on."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._to = port
        self.swallows = False
        """True if a PATCH is never passed on, and never answered."""
        self.mute = False
        """True if the answer to a PATCH is lost on its way back."""
        self.on_patch: Callable[[], None] = lambda: None
        """Done when a PATCH has come, before it is passed on."""
        self.heard = threading.Event()
        """Set once a PATCH came."""

    def serve(self, client: socket.socket) -> None:
        """Pass one question on, and its answer back, but for what is to happen to a PATCH."""
        asked = client.recv(1 << 16)
        patch = asked.startswith(b"PATCH")
        if patch:
            self.heard.set()
            self.on_patch()
            if self.swallows:
                self.over.wait()
                return
        with socket.create_connection(("127.0.0.1", self._to)) as server:
            server.sendall(asked)
            back = threading.Thread(target=_pass, args=(server, None if patch and self.mute else client), daemon=True)
            back.start()
            _pass(client, server)
            back.join(timeout=20)


def _pass(source: socket.socket, to: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            if to is not None:
                to.sendall(piece)
