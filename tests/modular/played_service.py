"""A service before a drawn fleet, on a virtual clock, and what it wanted at its last look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drawn_fleet import IDLE, SHELL, DrawnSource

from modular.service import MonitorService
from understudy import EVERYTHING, CycleReport, Outcome, Result, VirtualClock
from understudy.intents import intent_key

if TYPE_CHECKING:
    from understudy import PaneShot


LIMIT = (
    "\u276f go\n\n  ⎿ Claude usage limit reached. Your limit will reset at 3pm (UTC).\n\n"
    + "─" * 60
    + "\n\u276f \n"
    + "─" * 60
)
DEAD = {"screen": SHELL, "processes": ("bash",)}
FRESH = IDLE.partition("\n\n")[2].replace("✻ Baked for 3s", " ✻ Welcome to Claude Code!\n\n   /help for help")
NOON = 1_800_014_400.0
"""12:00 UTC."""


@dataclass
class Play:
    """A service, a fleet before it, and what it wanted at the last look."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    service: MonitorService = field(default_factory=MonitorService)
    wanted: list[tuple[str, str | None, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = DrawnSource(self.clock)

    def see(self, *panes: PaneShot, after: float = 10.0, outcomes: tuple[Outcome, ...] = ()) -> CycleReport:
        self.clock.sleep(after)
        if panes:
            self.source.show(*panes)
        report = self.service.cycle("c", self.source, self.clock, EVERYTHING, outcomes)
        self.wanted = [(intent_key(intent), intent.pane, intent.ordinal) for intent in report.intents]
        return report

    def over(self, seconds: float, every: float = 10.0) -> CycleReport:
        """Look every so many seconds for so many."""
        report = None
        for _ in range(int(seconds / every)):
            report = self.see(after=every)
        assert report is not None
        return report

    def done(self, what: str, name: str | None, ordinal: int = 1) -> Outcome:
        return Outcome(
            intent_key=what,
            pane=name,
            session="team",
            ordinal=ordinal,
            result=Result.DELIVERED,
            done=True,
            at=self.clock.now(),
        )
