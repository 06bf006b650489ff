"""What a look at everything costs tmux itself: its list, and every screen drawn with its colours for nobody."""

import secrets
import time

from tmuxio.reading import listing
from tmuxio.server.address import ServerAddress
from tmuxio.server.control import ControlClient


class TmuxBaseline:
    """Measures one server; `close` it to end its client."""

    def __init__(self, address: ServerAddress, deadline_s: float = 30.0) -> None:
        self._client = ControlClient(address)
        self._deadline_s = deadline_s
        self._buffer = f"understudy-{secrets.token_hex(4)}"

    def seconds(self) -> float:
        """Do it once and say how long that took; raises a `TmuxError` where the server cannot be asked."""
        listed = self._client.request(["list-panes -a -F '#{pane_id}'"], self._deadline_s).blocks[0]
        questions = [
            listing.question(secrets.token_hex(8), lasting=False),
            *(f"capture-pane -e -b {self._buffer} -t {pane}" for pane in listed.decode().split()),
            f"delete-buffer -b {self._buffer}",
        ]
        began = time.perf_counter()
        self._client.request(questions, self._deadline_s)
        return time.perf_counter() - began

    def close(self) -> None:
        """End the client."""
        self._client.close()
