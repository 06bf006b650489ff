"""The errors of reading a tmux server; none of them means that the server has no panes."""

from pathlib import Path

from understudy.failures import SourceFailed
from understudy.report import ProblemKind


class TmuxError(SourceFailed):
    """The server behind a socket could not be read."""


class NoServer(TmuxError):
    """Nothing listens on the socket."""

    def __init__(self, socket_path: Path, complaint: str = "") -> None:
        why = f" ({complaint.strip()})" if "denied" in complaint or "too long" in complaint else ""
        text = (
            f"no tmux server listens on {socket_path}{why}: "
            "start one, or name its socket with --socket-name or --socket-path"
        )
        super().__init__(ProblemKind.NO_SERVER, str(socket_path), text)


class ServerGone(TmuxError):
    """The server ended while it was being read."""

    def __init__(self, socket_path: Path) -> None:
        super().__init__(
            ProblemKind.SERVER_GONE,
            str(socket_path),
            f"the tmux server on {socket_path} ended while it was being read: look again once it is back",
        )


class ServerSilent(TmuxError):
    """The server listens but does not answer."""

    def __init__(self, socket_path: Path, deadline_s: float) -> None:
        super().__init__(
            ProblemKind.SERVER_SILENT,
            str(socket_path),
            f"the tmux server on {socket_path} did not answer within {round(deadline_s, 2):g} s: "
            "it is stopped or overloaded; look at its process, or allow it more time",
        )


class TmuxMissing(TmuxError):
    """There is no tmux program."""

    def __init__(self, socket_path: Path) -> None:
        super().__init__(
            ProblemKind.NO_SERVER,
            str(socket_path),
            "there is no `tmux` on PATH: install tmux 3.2 or newer, or put it on PATH",
        )


class TmuxRefused(TmuxError):
    """The server answered with something that is no answer to the question."""

    def __init__(self, socket_path: Path, complaint: str) -> None:
        super().__init__(
            ProblemKind.SERVER_GONE,
            str(socket_path),
            f"the tmux server on {socket_path} did not do as asked: {complaint.strip() or 'it gave no reason'}",
        )


class OutOfResources(TmuxError):
    """The machine, or this process, has no file, pipe or process left to read the server with."""

    def __init__(self, socket_path: Path, error: OSError) -> None:
        super().__init__(
            ProblemKind.SERVER_SILENT,
            str(socket_path),
            f"the tmux server on {socket_path} could not be read ({error.strerror or error}): "
            "look at the limits of open files and processes (ulimit -n, ulimit -u)",
        )
