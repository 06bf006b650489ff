"""A socket on the loopback that serves each connection on a thread of its own, until the test is over."""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from typing import Self


class Listener(ABC):
    """Listens from `with` to its end."""

    def __init__(self) -> None:
        self.over = threading.Event()
        """Set at the end."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # to close it would leave its thread waiting for a client
        self._listener.close()

    @abstractmethod
    def serve(self, client: socket.socket) -> None:
        """Speak with one client; the connection is closed afterwards, and its errors are ignored."""

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            self.serve(client)
