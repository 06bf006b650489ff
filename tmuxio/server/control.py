"""A persistent tmux client in control mode: a question costs a fifth of a millisecond instead of a new process.

It is an attached client, which users and hooks can see, and its end is unreliable: there is one a process, it is ended
by a signal, and `sweep` ends those whose owner died. It takes no output of panes (`no-output`: a client that stopped
reading would block the agents), never counts for a window's size, and leaves the session's environment alone (`-E`).
"""

import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final
from weakref import finalize

from tmuxio.server.address import ServerAddress
from tmuxio.server.blocks import Block, Blocks, OutOfStep
from tmuxio.server.errors import OutOfResources, ServerGone, ServerSilent, TmuxMissing, TmuxRefused
from tmuxio.server.transport import Answers, OneShot, environment, explain

_CHUNK: Final = 1 << 18
_END_S: Final = 1.0
"""Seconds that a client may take to follow a SIGTERM before it is killed."""

NO_LEAK: Final = (3, 6)
"""The first tmux whose control clients do not leak what `capture-pane -p` prints (fixed in 94bafa5aa)."""


class ControlClient:
    """A `Transport` over one client that stays. Safe to share: one question at a time."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._alone = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: list[int] = []
        self._blocks = Blocks()
        self._goodbye = finalize(self, _terminate, self._ours)
        self.version: tuple[int, int] = (0, 0)
        """The server's, once it answered the first question."""

    @property
    def pid(self) -> int | None:
        """The client's process; None while there is none."""
        return self._process.pid if self._process else None

    @property
    def leaks(self) -> bool:
        """Return whether a screen that is printed to this client stays in the server's memory for good."""
        return self.version < NO_LEAK

    def request(
        self, questions: Sequence[str], within_s: float, meanwhile: Callable[[], object] | None = None
    ) -> Answers:
        """Ask all questions in one write; a client that ended (as with its session) is replaced once.

        `meanwhile` is called while tmux works on the answers. A question of several lines has no answer where tmux
        refused one of them. Raises a `TmuxError` where asking fails. A client that did not answer in time is ended with
        its questions.
        """
        until = time.monotonic() + within_s
        with self._alone:
            try:
                try:
                    return self._asked(questions, until, meanwhile)
                except ServerGone:
                    self._end()
                    return self._asked(questions, until, meanwhile)
            except TimeoutError:
                self._end()
                raise ServerSilent(self.address.socket_path, within_s) from None
            except OutOfStep as fault:
                self._end()
                raise TmuxRefused(self.address.socket_path, str(fault)) from None
            except BaseException:
                self._end()
                raise

    def close(self) -> None:
        """End the client; the next question starts another."""
        with self._alone:
            self._end()

    def _asked(self, questions: Sequence[str], until: float, meanwhile: Callable[[], object] | None = None) -> Answers:
        process = self._living() or self._start(until)
        lines = [question.split("\n") for question in questions]
        answered = self._exchange(process, [line for question in lines for line in question], until, meanwhile)
        blocks: list[bytes] = []
        refusals: list[bytes] = []
        at = 0
        for question in lines:
            own = answered[at : at + len(question)]
            at += len(question)
            refused = [block.content for block in own if block.failed]
            blocks.append(b"" if refused else b"".join([block.content for block in own]))
            refusals += refused
        return Answers(tuple(blocks), b"".join(refusals).decode("utf-8", "replace"))

    def _living(self) -> subprocess.Popen[bytes] | None:
        """Return the client, unless it ended since the last question, as with its session."""
        if self._process is not None and self._process.poll() is not None:
            self._end()
        return self._process

    def _start(self, until: float) -> subprocess.Popen[bytes]:
        session = self._harmless(until)
        argv = ["tmux", "-u", "-C", "-S", str(self.address.socket_path)]
        argv += ["attach-session", "-t", session, "-E", "-f", "no-output,ignore-size"]
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(), bufsize=0)
        except FileNotFoundError:
            raise TmuxMissing(self.address.socket_path) from None
        except OSError as error:  # no process, pipe or file is left for a client
            raise OutOfResources(self.address.socket_path, error) from error
        self._process, self._blocks = process, Blocks()
        self._ours.append(process.pid)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
        try:
            (version,) = self._exchange(process, ["display-message -p '#{version}'"], until)
        except ServerGone:
            if (greeting := self._blocks.greeting) is not None:
                raise TmuxRefused(self.address.socket_path, greeting.content.decode("utf-8", "replace")) from None
            process.kill()
            complaint = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
            raise explain(self.address.socket_path, complaint, answered=False) from None
        found = re.search(rb"(\d+)\.(\d+)", version.content)
        self.version = (int(found[1]), int(found[2])) if found else (0, 0)
        return process

    def _harmless(self, until: float) -> str:
        """Choose a session to attach to: one with `destroy-unattached` must end when its last client leaves it."""
        ask = "list-sessions -F '#{session_id} #{destroy-unattached}'"
        listed = OneShot(self.address).request([ask], max(0.001, until - time.monotonic())).blocks[0].decode()
        for session, _, destroyed in (line.partition(" ") for line in listed.splitlines()):
            if destroyed in {"", "0", "off"}:
                return session
        why = "all of its sessions end with their last client (destroy-unattached)" if listed else "it has no session"
        raise TmuxRefused(self.address.socket_path, f"{why}, so that it cannot be attached to")

    def _exchange(
        self,
        process: subprocess.Popen[bytes],
        lines: Sequence[str],
        until: float,
        meanwhile: Callable[[], object] | None = None,
    ) -> list[Block]:
        """Write command lines and read as many answers, of an attached client.

        Raises TimeoutError, `OutOfStep` and `ServerGone`: a client that could not attach may answer before it ends.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        if "" in lines:
            raise ValueError("an empty line would detach the client")
        to_write = memoryview("\n".join((*lines, "")).encode())
        to_write = to_write[self._write(process.stdin.fileno(), to_write) :]
        if meanwhile is not None:
            meanwhile()
        answered: list[Block] = []
        out, into = process.stdout.fileno(), process.stdin.fileno()
        ready = select.poll()
        ready.register(out, select.POLLIN)
        if to_write:
            ready.register(into, select.POLLOUT)
        while len(answered) < len(lines) or self._blocks.greeting is None:
            left = until - time.monotonic()
            events = ready.poll(left * 1000) if left > 0 else []
            if not events:
                raise TimeoutError
            for handle, _ in events:
                if handle == out:
                    answered += self._blocks.feed(self._read(out))
                else:
                    to_write = to_write[self._write(into, to_write) :]
                    if not to_write:
                        ready.unregister(into)
        if self._blocks.greeting.failed:
            raise ServerGone(self.address.socket_path)
        return answered

    def _read(self, handle: int) -> bytes:
        piece = os.read(handle, _CHUNK)
        if not piece:
            raise ServerGone(self.address.socket_path)
        return piece

    def _write(self, handle: int, text: memoryview) -> int:
        try:
            return os.write(handle, text)
        except BlockingIOError:
            return 0
        except BrokenPipeError:  # it ended; its last output is still to be read
            return len(text)

    def _end(self) -> None:
        """Signal the client: closing its socket does not reliably end it, and it would keep a killed server alive."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._ours.clear()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _terminate(clients: list[int]) -> None:
    """End the client of an owner that was dropped, or of a process at its end."""
    for pid in clients:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
