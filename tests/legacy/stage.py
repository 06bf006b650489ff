"""A stage for single cycles: windows that show what they are told to, on a clock that moves by sampling alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import screen
from understudy import CycleReport, Intent, Outcome, Result, Scope, SessionEntry, VirtualClock, WindowEntry
from understudy.intents import intent_key
from understudy.outcomes import EVERYTHING

NOON = 1772712000.0
"""2026-03-05, 12:00:00 UTC."""


@dataclass
class Stage:
    """`shows` maps `session:index name` to the name of a screen; a text with a line break is shown as it is."""

    shows: dict[str, str]
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    monitor: LegacyMonitor = field(default_factory=LegacyMonitor)

    def sessions(self) -> Sequence[SessionEntry]:
        return [SessionEntry(name, "0", "0") for name in dict.fromkeys(key.partition(":")[0] for key in self.shows)]

    def windows(self, session: str) -> Sequence[WindowEntry]:
        found = []
        for key in self.shows:
            target, _, name = key.partition(" ")
            if target.partition(":")[0] == session:
                number = int.from_bytes(target.encode(), "big") % 100_003
                found.append(WindowEntry(target.partition(":")[2], name, not found, f"%{number}", number))
        return found

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        name = next(shown for key, shown in self.shows.items() if key.partition(" ")[0] == target)
        screens = []
        for look in range(looks):
            self.clock.sleep(gap_s if look else 0.0)
            screens.append(name if "\n" in name else screen(name)(self.clock.now() - NOON))
        return screens

    def pane(self, target: str) -> str:
        return f"%{int.from_bytes(target.encode(), 'big') % 100_003}"

    def cycle(self, outcomes: Sequence[Outcome] = (), scope: Scope = EVERYTHING, rest_s: float = 10.0) -> CycleReport:
        """Do one cycle and rest until the next is due; the memory goes through JSON each time."""
        began = self.clock.now()
        report = self.monitor.cycle("c", self, self.clock, scope, outcomes)
        memory = json.loads(json.dumps(self.monitor.memory()))
        self.monitor = LegacyMonitor()
        self.monitor.recall(memory)
        self.clock.sleep(began + rest_s - self.clock.now())
        return report


def became(intents: Sequence[Intent], result: Result, *, done: bool, at: float = NOON) -> list[Outcome]:
    """Say of every intent what became of it."""
    return [
        Outcome(
            intent=intent_key(intent),
            pane=intent.pane,
            pid=intent.pid,
            session=intent.session,
            ordinal=intent.ordinal,
            result=result,
            done=done,
            at=at,
        )
        for intent in intents
    ]


def wanted(report: CycleReport) -> Mapping[str, Intent]:
    """Give a report's intents by what they want; of several alike the last."""
    return {intent_key(intent): intent for intent in report.intents}
