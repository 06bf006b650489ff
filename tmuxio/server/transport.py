"""The transport of questions to a tmux server: the port, and the one-shot client, which needs no running process.

A transport divides the output into answers and does not interpret them.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from tmuxio.processes.table import read_process
from tmuxio.server.errors import NoServer, OutOfResources, ServerGone, ServerSilent, TmuxMissing, TmuxRefused

OWNER: Final = "UNDERSTUDY_CLIENT_OF"
"""Environment variable of every tmux client that we start: the process that it belongs to."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tmuxio.server.address import ServerAddress


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a server to a list of questions."""

    blocks: tuple[bytes, ...]
    """One for each question, in order; empty where the question was refused."""
    refusals: str
    """The complaints of tmux, such as panes that are gone."""


class Transport(Protocol):
    """Carries questions to one server."""

    def request(self, questions: Sequence[str], within_s: float) -> Answers:
        """Ask all questions in one round trip.

        A question is one or more lines of tmux commands, as in a configuration file. Raises a `TmuxError` where the
        server cannot be asked, or has not answered everything after `within_s` seconds.
        """
        ...


class OneShot:
    """A tmux client for every round trip: `source-file -` on its standard input.

    It is no attached client: users, hooks and `session_attached` do not see it, and its captures do not leak in the
    server as those of a control client do before tmux 3.6. A command that fails ends neither the others nor the trip.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._socket_path = address.socket_path
        self._argv = ("tmux", "-u", "-S", str(address.socket_path), "source-file", "-")

    def request(self, questions: Sequence[str], within_s: float) -> Answers:
        """Ask all questions with one client, which is killed when it is not done in time."""
        # Pane text may hold any text that was ever printed, so the mark must be a random one.
        mark = secrets.token_hex(16)
        script = "".join(f"{question}\ndisplay-message -p {mark}\n" for question in questions)
        done = self._run(script.encode(), within_s)
        complaint = done.stderr.decode("utf-8", "replace")
        blocks = done.stdout.split(f"{mark}\n".encode())
        if len(blocks) != len(questions) + 1 or blocks.pop():
            raise explain(self._socket_path, complaint, answered=bool(done.stdout))
        return Answers(tuple(blocks), complaint)

    def _run(self, script: bytes, within_s: float) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                self._argv, input=script, capture_output=True, timeout=within_s, env=environment(), check=False
            )
        except subprocess.TimeoutExpired:
            raise ServerSilent(self._socket_path, within_s) from None
        except FileNotFoundError:
            raise TmuxMissing(self._socket_path) from None
        except OSError as error:  # no process, pipe or file is left for a client
            raise OutOfResources(self._socket_path, error) from error


def environment() -> dict[str, str]:
    """Return the environment of a tmux client of ours: without the tmux that we may run inside of, with its owner."""
    return {name: value for name, value in os.environ.items() if name not in {"TMUX", "TMUX_PANE"}} | {
        OWNER: owner_mark(os.getpid())
    }


def owner_mark(pid: int) -> str:
    """Name a process so that no later one with its number is taken for it; only the number where /proc is not there."""
    process = read_process(pid)
    return f"{pid}:{process.started if process else '?'}"


def explain(socket_path: Path, complaint: str, *, answered: bool) -> NoServer | ServerGone | TmuxRefused:
    """Return the error for tmux's own complaint; `answered` is whether it had begun to answer."""
    if "no server running" in complaint or "error connecting" in complaint or "too long" in complaint:
        return ServerGone(socket_path) if answered else NoServer(socket_path, complaint)
    if answered or not complaint.strip() or "server exited" in complaint or "lost server" in complaint:
        return ServerGone(socket_path)
    return TmuxRefused(socket_path, complaint)
