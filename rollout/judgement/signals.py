"""Signals: figures that may drift although every verdict is right. They hold a promotion and cause no rollback.

Each is a slow average against where it was when the stage began, or against the incumbent: a few floats, folded cycle
by cycle.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from understudy.record import Instant, Record

_SETTLING: Final = 10
"""Cycles of which the beginning is averaged: a process that was just started still grows."""
_CYCLES: Final = 20.0
"""Cycles over which the present value is averaged."""
_HOUR_S: Final = 3600.0
MB: Final = 1 << 20


class Signal(StrEnum):
    """The signals that are watched."""

    MEMORY = "memory"
    """Of the candidate's process."""
    CPU = "cpu"
    """Of the candidate's process."""
    NOTICES = "notices"
    """New notices of the candidate, compared with those of the incumbent."""
    TMUX_MEMORY = "tmux_memory"
    """Of the tmux server that is watched."""


Amount = Annotated[float, Field(gt=0)] | None


class Signals(Record):
    """The limits above which each signal holds; None for never."""

    memory_mb: Amount = 200.0
    """Growth of the candidate's process since the stage began."""
    cpu: Amount = 0.5
    """Of one core, over the last twenty cycles or so."""
    notices: Amount = 3.0
    """So many times the incumbent's notices an hour (where there are a dozen at least)."""
    tmux_memory_mb: Amount = 100.0
    """Growth of the tmux server since the stage began."""
    dry_run: frozenset[Signal] = frozenset()
    """Those that are only shown."""


@dataclass(frozen=True, slots=True)
class CycleUsage:
    """The resources that one cycle used, as far as it is known."""

    rss_bytes: int | None = None
    cpu_s: float | None = None
    tmux_rss_bytes: int | None = None
    intent_keys: Mapping[str, frozenset[str]] | None = None
    """By role: the notices that it wants, each with its ordinal."""


class Drift(Record):
    """One amount: its first average and its present one."""

    seen: int = 0
    first: float = 0.0
    now: float = 0.0

    def fold(self, value: float) -> "Drift":
        """Enter one value."""
        seen = self.seen + 1
        first = self.first + (value - self.first) / seen if seen <= _SETTLING else self.first
        return Drift(seen=seen, first=first, now=self.now + (value - self.now) / min(seen, _CYCLES))

    @property
    def grown(self) -> float:
        """Return the growth since the beginning."""
        return self.now - self.first if self.seen > _SETTLING else 0.0


class Volume(Record):
    """New intents an hour, weighted by age."""

    open_intents: frozenset[str] = frozenset()
    hourly: float = 0.0

    def fold(self, intent_keys: frozenset[str], gap_s: float) -> "Volume":
        """Enter one look, `gap_s` seconds after the one before."""
        return Volume(
            open_intents=intent_keys,
            hourly=self.hourly * math.exp(-gap_s / _HOUR_S) + len(intent_keys - self.open_intents),
        )


class SignalBook(Record):
    """All signals of one stage."""

    at: Instant | None = None
    memory: Drift = Drift()
    cpu: Drift = Drift()
    tmux_memory: Drift = Drift()
    incumbent_notices: Volume = Volume()
    candidate_notices: Volume = Volume()

    def fold(self, used: CycleUsage, now: float) -> "SignalBook":
        """Enter one cycle."""
        gap_s = 0.0 if self.at is None else max(0.0, now - self.at)
        update: dict[str, object] = {"at": now}
        if used.rss_bytes:
            update["memory"] = self.memory.fold(used.rss_bytes / MB)
        if used.tmux_rss_bytes:
            update["tmux_memory"] = self.tmux_memory.fold(used.tmux_rss_bytes / MB)
        if used.cpu_s is not None and gap_s:
            update["cpu"] = self.cpu.fold(used.cpu_s / gap_s)
        if used.intent_keys is not None and {"incumbent", "candidate"} <= used.intent_keys.keys():
            update["incumbent_notices"] = self.incumbent_notices.fold(used.intent_keys["incumbent"], gap_s)
            update["candidate_notices"] = self.candidate_notices.fold(used.intent_keys["candidate"], gap_s)
        return self.model_copy(update=update)

    def readings(self, limits: Signals, *, incumbent_blind: bool = False) -> tuple["SignalReading", ...]:
        """Return the reading of each signal that has a limit.

        An incumbent that finds fewer than half of the agents is no measure of notices: that signal holds nothing then.
        """
        shown = limits.dry_run | ({Signal.NOTICES} if incumbent_blind else frozenset())
        return tuple(self._readings(limits, shown))

    def _readings(self, limits: Signals, shown: frozenset[Signal]) -> Iterator["SignalReading"]:
        ours, theirs = self.incumbent_notices.hourly, self.candidate_notices.hourly
        amounts = (
            (Signal.MEMORY, self.memory.grown, limits.memory_mb, "MB more than when the stage began"),
            (Signal.CPU, self.cpu.now if self.cpu.seen > _SETTLING else 0.0, limits.cpu, "of one core"),
            (Signal.NOTICES, theirs / max(ours, 4.0), limits.notices, "times the incumbent's notices an hour"),
            (Signal.TMUX_MEMORY, self.tmux_memory.grown, limits.tmux_memory_mb, "MB more than when the stage began"),
        )
        for signal, value, limit, unit in amounts:
            if limit is not None:
                dry_run = signal in shown
                yield SignalReading(signal=signal, value=round(value, 3), limit=limit, unit=unit, dry_run=dry_run)


class SignalReading(Record):
    """The reading of one signal."""

    signal: Signal
    value: float
    limit: float
    unit: str
    dry_run: bool = False

    @property
    def holds(self) -> bool:
        """Return whether it holds a promotion."""
        return self.value > self.limit and not self.dry_run

    @property
    def text(self) -> str:
        """In a sentence."""
        return f"{self.signal.replace('_', ' ')}: {self.value:.3g} {self.unit}, more than {self.limit:g}"
