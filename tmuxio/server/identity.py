"""The identity of the server that answers at an address."""

from dataclasses import dataclass

from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxRefused
from tmuxio.server.transport import OneShot


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The server that answered: a later one on the same socket has another identity."""

    pid: int
    started: int
    """Seconds since the epoch."""

    @property
    def key(self) -> str:
        """Return the identity as a text that can name a file."""
        return f"{self.pid}-{self.started}"


def identify(address: ServerAddress, deadline_s: float = 5.0) -> ServerIdentity:
    """Return the identity of the server at an address; raises a `TmuxError` where no server answers."""
    answers = OneShot(address).request(["display-message -p '#{pid} #{start_time}'"], deadline_s)
    try:
        pid, started = answers.blocks[0].split()
        return ServerIdentity(int(pid), int(started))
    except ValueError:
        raise TmuxRefused(address.socket_path, answers.refusals) from None
