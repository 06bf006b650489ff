"""Which server answers where one is meant."""

from dataclasses import dataclass

from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxRefused
from tmuxio.server.transport import OneShot


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The one server that answered: another one on the same socket tomorrow is not it."""

    pid: int
    started: int
    """Seconds since the epoch."""

    @property
    def key(self) -> str:
        """The identity as a word that can name a file."""
        return f"{self.pid}-{self.started}"


def identify(address: ServerAddress, deadline_s: float = 5.0) -> ServerIdentity:
    """Ask who answers at an address; raises a `TmuxError` where nobody does."""
    answers = OneShot(address).request(["display-message -p '#{pid} #{start_time}'"], deadline_s)
    try:
        pid, started = answers.blocks[0].split()
        return ServerIdentity(int(pid), int(started))
    except ValueError:
        raise TmuxRefused(address.socket_path, answers.refusals) from None
