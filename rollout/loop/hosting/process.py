"""One run of a monitor's process: lines in, lines out, each within a deadline and a bound; ended as a whole group."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import psutil  # type: ignore[import-untyped]  # it ships no types

from rollout.loop.hosting.stderr_log import StderrLog
from rollout.store.settings import PREFIX, SECRETS
from tmuxio.redaction.documents import Redact
from tmuxio.redaction.redactor import redact as shipped

_CHUNK: Final = 1 << 16
_SLICE_S: Final = 0.1
"""A process whose child keeps its pipes open is found dead after so long."""
_HIDDEN: Final = frozenset({"TMUX", "TMUX_PANE", "TMUX_TMPDIR", *(f"{PREFIX}{name.upper()}" for name in SECRETS)})
"""A monitor reads the server that its request names, not the one that the harness runs in; it gets no flag token."""

AnswerT = TypeVar("AnswerT")


class Failure(StrEnum):
    """Why a monitor has no report; each is evidence, but for `none`."""

    NONE = "none"
    DEADLINE = "deadline"
    """It did not answer in time and was ended."""
    CRASH = "crash"
    """Its process ended, or could not be started."""
    RUBBISH = "rubbish"
    """It wrote a line that is not a reply."""
    SCHEMA = "schema"
    """It speaks another version of the contract, or leaves it."""
    EXCEPTION = "exception"
    """It reported its own failure."""
    FLOOD = "flood"
    """It wrote more than any reply can be."""


class MonitorFailed(Exception):
    """A monitor has no report to give. `fatal` where its process must not be asked again."""

    def __init__(self, failure: Failure, text: str, *, fatal: bool = True, no_such_monitor: str = "") -> None:
        """Say what happened; `no_such_monitor` is why its process could not even make it ("" where it could)."""
        super().__init__(text)
        self.failure = failure
        self.no_such_monitor = no_such_monitor
        self.fatal = fatal


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """The resources of a process so far: CPU seconds, with those of its ended children; resident bytes."""

    cpu_s: float = 0.0
    rss_bytes: int = 0


class MonitorProcess:
    """A monitor's process, running from construction to `end`. One thread uses it; any may `end` it."""

    def __init__(
        self,
        command: Sequence[str],
        log_path: Path,
        max_reply_bytes: int,
        surroundings: Mapping[str, str],
        redact: Redact = shipped,
    ) -> None:
        """Start it, with these variables over those of the harness; raises `MonitorFailed` where that fails."""
        environment = {name: value for name, value in os.environ.items() if name not in _HIDDEN} | {**surroundings}
        try:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,  # a group of its own: ended with all its children, and deaf to Ctrl-C
                bufsize=0,
            )
        except OSError as error:  # such as EAGAIN and EMFILE: its host tries again later
            raise MonitorFailed(Failure.CRASH, f"it cannot be started: {error}") from error
        assert self._popen.stdin and self._popen.stdout and self._popen.stderr  # noqa: PT018 - one claim: three pipes
        self._in, self._out = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        try:
            self._log = StderrLog(self._popen.stderr, log_path, redact=redact)
        except RuntimeError as error:  # there is no thread left for it
            self._discard()
            raise MonitorFailed(Failure.CRASH, f"it cannot be started: {error}") from error
        self._max = max_reply_bytes
        self._buffer = bytearray()
        self._searched = 0

    def exchange(
        self,
        line: bytes,
        accept: Callable[[bytes], AnswerT | None],
        deadline_s: float,
        most_bytes: int | None = None,
    ) -> AnswerT:
        """Write a line, and hand each line that comes back to `accept` until it returns something.

        Raises `MonitorFailed` on a deadline, an ended process or a flood: more than `most_bytes`, and never more than
        `max_reply_bytes`.
        """
        most = self._max if most_bytes is None else min(self._max, most_bytes)
        until = time.monotonic() + deadline_s
        unsent, seen = memoryview(line), 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while True:
                while (said := self._next_line()) is not None:
                    if (answer := accept(said)) is not None:
                        return answer
                if (left := until - time.monotonic()) <= 0:
                    raise MonitorFailed(Failure.DEADLINE, f"it did not answer within {deadline_s:g} s and was ended")
                ready = selector.select(min(left, _SLICE_S))
                if not ready and self._popen.poll() is not None:
                    raise self._ended()
                for key, _ in ready:
                    if key.fd == self._in:
                        unsent = self._write(unsent)
                        if not unsent:
                            selector.unregister(self._in)
                    elif (seen := seen + self._read()) > most:
                        raise MonitorFailed(Failure.FLOOD, f"it wrote more than {most} bytes and was ended")

    def usage(self) -> ProcessUsage:
        """Return the resources used so far; nothing where it has ended."""
        try:
            process = psutil.Process(self._popen.pid)
            times = process.cpu_times()
            cpu = times.user + times.system + times.children_user + times.children_system
            return ProcessUsage(cpu, process.memory_info().rss)
        except (psutil.Error, OSError):  # it has ended, or no file can be opened
            return ProcessUsage()

    @property
    def pid(self) -> int:
        """Its process id, which is also its group's."""
        return self._popen.pid

    def kill(self) -> None:
        """End it and its children at once; its owner still has to `end` it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone already, or a zombie's group (macOS)
            os.killpg(self._popen.pid, signal.SIGKILL)

    def end(self, grace_s: float = 0.0) -> None:
        """End it: let it see the end of its input for so long, then kill it with its children."""
        assert self._popen.stdin and self._popen.stdout  # noqa: PT018 - as above
        self._popen.stdin.close()
        if grace_s > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace_s)
        self.kill()
        self._popen.wait()
        self._popen.stdout.close()
        self._log.close()

    def _discard(self) -> None:
        """End a process that nothing reads from yet."""
        self.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                pipe.close()

    def _write(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._in, unsent[: 16 * _CHUNK]) :]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:
            raise self._ended() from None

    def _read(self) -> int:
        chunk = os.read(self._out, _CHUNK)
        if not chunk:
            raise self._ended()
        self._buffer += chunk
        return len(chunk)

    def _next_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            return None
        said = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return said

    def _ended(self) -> MonitorFailed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_SLICE_S * 5)
        code = self._popen.returncode
        if code is None:
            how = "it closed its standard streams"
        elif code < 0:
            how = f"its process was ended by {_signal_name(-code)}"
        else:
            how = f"its process ended with exit code {code}"
        last = self._log.last_line()
        missing = (last or how) if code == os.EX_CONFIG else ""
        text = f"{how}; its last lines: {last}" if last else how
        return MonitorFailed(Failure.CRASH, text, no_such_monitor=missing)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name
        return f"signal {number}"
