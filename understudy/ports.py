"""The protocols: a clock, two ways of looking at a server, and the monitor itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import JsonValue

from understudy.outcomes import Outcome, Scope
from understudy.report import CycleReport, Problem
from understudy.screens import Frame


class Clock(Protocol):
    """The source of time: the machine, a tape's recorded instants, or a test."""

    def now(self) -> float:
        """Tell the time in seconds since the epoch, to the microsecond."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ...


class AccountedSource(Protocol):
    """The account that every source keeps for `serve`, which adds it to the monitor's report."""

    @property
    def waited_s(self) -> float:
        """Real seconds that it has slept between looks since it was made."""
        ...

    @property
    def problems(self) -> list[Problem]:
        """The failures that its monitor cannot tell from empty answers, in their order in time; `serve` empties it."""
        ...


class ScreenSource(AccountedSource, Protocol):
    """Reads whole servers, frame by frame."""

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        """Shoot so many frames, so many seconds apart, oldest first.

        `panes` names the panes whose screens are wanted; the others are listed with the screen they had when last read.
        On a tape: its last frames, fewer where it has fewer. Raises a `SourceFailed` where the server cannot be seen.
        """
        ...


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session as the monolith lists it."""

    name: str
    created: str
    attached: str


@dataclass(frozen=True, slots=True)
class WindowEntry:
    """A window as the monolith lists it, and which pane it would look at there."""

    index: str
    name: str
    active: bool
    pane: str
    """Id of its active pane, such as `%12`."""
    pid: int


class WindowSource(AccountedSource, Protocol):
    """Reads one window after the other by name, as the monolith does: it does not know panes."""

    def sessions(self) -> Sequence[SessionEntry]:
        """List the sessions; nothing where tmux fails, which the monolith cannot tell from none."""
        ...

    def windows(self, session: str) -> Sequence[WindowEntry]:
        """List the windows of a session; nothing where it fails."""
        ...

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        """Read the visible screen of `session:index` so many times, so many seconds apart; "" where it fails.

        On a tape: the screens of its last frames.
        """
        ...


SourceT_contra = TypeVar("SourceT_contra", contravariant=True)


class Monitor(Protocol[SourceT_contra]):
    """Reads agents, reports their states and returns intents; has no access to anything that presses a key."""

    name: str
    version: str
    says: frozenset[str]
    """The states that it can report; a state that it cannot report is none that it can veto."""

    def cycle(
        self,
        cycle: str,
        source: SourceT_contra,
        clock: Clock,
        scope: Scope,
        outcomes: Sequence[Outcome],
    ) -> CycleReport:
        """Look once and report. `outcomes` holds the outcomes of the intents of the cycle before."""
        ...

    def memory(self) -> JsonValue:
        """Return everything that it must know next time, as JSON."""
        ...

    def recall(self, memory: JsonValue) -> None:
        """Take over this memory; None starts with an empty one."""
        ...
