"""Monitors of several generations that all read the same off the cycle's name: what one says the next one says too."""

from collections.abc import Sequence

from eager import Eager
from pydantic import JsonValue

from understudy import Clock, CycleReport, Outcome, Scope, ScreenSource

PHASE_S = 0.5


def phase(cycle: str) -> int:
    """From when the cycle began: the same on its tape, on the one after it, and with a monitor's own eyes."""
    clock = cycle.partition("T")[2]
    return int(float(clock[4:]) / PHASE_S) if clock else 0


class First(Eager):
    """What was always there."""

    name = "first"

    def __init__(self) -> None:
        super().__init__()
        self.lived = 0

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        self.lived += 1
        self.cycles = phase(cycle)
        return super().cycle(cycle, source, clock, scope, outcomes)

    def memory(self) -> JsonValue:
        return {self.name: self.lived}

    def recall(self, memory: JsonValue) -> None:
        kept = memory.get(self.name) if isinstance(memory, dict) else 0
        self.lived = kept if isinstance(kept, int) else 0


class Second(First):
    """The candidate of the first migration, and what the second one falls back to."""

    name = "second"


class Third(First):
    """The candidate of the second migration."""

    name = "third"


class ThirdAgain(Third):
    """The same with a new version."""

    version = "2"
