"""The source on a live server as the monolith had it: one libtmux call for each thing it asks, failures swallowed."""

from collections.abc import Sequence

from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError
from tmuxio.sources.monolith import cut_name
from tmuxio.sources.sleep_meter import SleepMeter
from tmuxio.sources.timeouts import ServerWithTimeout
from understudy.failures import SourceFailed
from understudy.ports import Clock, SessionEntry, WindowEntry
from understudy.report import Problem, ProblemKind


class LibtmuxSource:
    """Implements `understudy.ports.WindowSource` on a live server.

    The monolith cannot tell a failure from nothing; the owner of this source can: every failure is kept in `problems`.
    Names only label: each session that was listed is then asked for by tmux's own id, so that one called `$5` or `a`
    beside `ab` is not taken for another.
    """

    def __init__(self, address: ServerAddress, clock: Clock, deadline_s: float = 5.0) -> None:
        self._address = address
        self._server = ServerWithTimeout(address, deadline_s)
        self._sleep_meter = SleepMeter(clock)
        self._ids: dict[str, str] = {}
        self.problems: list[Problem] = []
        """What could not be seen, in the order in which it happened."""

    @property
    def waited_s(self) -> float:
        """Seconds spent asleep between looks."""
        return self._sleep_meter.waited_s

    def sessions(self) -> Sequence[SessionEntry]:
        """List the sessions; nothing where tmux fails."""
        lines = self._request(str(self._address), "list-sessions", "-F", _SESSION)
        seen: list[SessionEntry] = []
        for line in lines or ():
            ident, created, attached, name = line.split(" ", 3)
            self._ids[name] = ident
            seen.append(SessionEntry(name, created, attached))
        return seen

    def windows(self, session: str) -> Sequence[WindowEntry]:
        """List the windows of a session; nothing where it fails."""
        lines = self._request(session, "list-windows", "-F", _WINDOW, target=self._target(session))
        seen: list[WindowEntry] = []
        for line in lines or ():
            pane, pid, index, active, name = line.split(" ", 4)
            seen.append(WindowEntry(index, cut_name(name), active == "1", pane, int(pid)))
        return seen

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        """Read the active pane of `session:index` so many times; "" where it fails."""
        session, _, index = target.rpartition(":")
        aim = f"{self._target(session)}:{index}"
        screens: list[str] = []
        for _ in range(looks):
            if screens:
                self._sleep_meter.sleep(gap_s)
            screens.append("\n".join(self._request(target, "capture-pane", "-p", target=aim) or ()))
        return screens

    def _target(self, session: str) -> str:
        return self._ids.get(session, f"={session}")

    def _request(self, subject: str, command: str, *args: str, target: str | None = None) -> list[str] | None:
        """Run one command; a failure is written down and answered with None."""
        try:
            done = self._server.cmd(command, *args, target=target)
        except SourceFailed as failure:
            self.problems.append(failure.problem)
            return None
        if (fault := done.failure(self._address)) is not None:
            self.problems.append(_problem(subject, fault))
            return None
        return done.stdout


_SESSION = "#{session_id} #{session_created} #{session_attached} #{session_name}"
_WINDOW = "#{pane_id} #{pane_pid} #{window_index} #{window_active} #{window_name}"


def _problem(subject: str, failure: TmuxError) -> Problem:
    """Blame the session or window where the server itself is well."""
    if "can't find" in str(failure):
        return Problem(kind=ProblemKind.SESSION_UNREADABLE, subject=subject, text=str(failure))
    return failure.problem
