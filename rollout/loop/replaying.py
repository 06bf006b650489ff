"""Replaying: kept tapes watched again by two monitors, each with the memory that it had, or of the tape before."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from rollout.loop.hosting.host import EncodedSight, HostAnswer, HostRequest, MonitorHost
from tmuxio.tapes.tapefile import StoredPackedTape
from understudy.outcomes import Outcome
from understudy.report import CycleReport
from understudy.screens import Tape
from understudy.tapes import unpack
from understudy.wire import Introduction, OnTape

WARM: Final = 30
"""Tapes after which a monitor that began without a memory is taken to know what it would know."""


class ReplayFailed(Exception):
    """A monitor failed on a tape, or the tape holds what this build does not know; the text says which."""


@dataclass(frozen=True, slots=True)
class ReplayedTape:
    """One tape, as two monitors see it."""

    tape: Tape
    meta: Mapping[str, JsonValue]
    reports: tuple[CycleReport, CycleReport]
    comparable: bool
    """What both want, too: not where the one remembers what it knew then, and the other has only just begun."""


@dataclass(slots=True)
class Player:
    """One monitor that watches tape after tape, with its memory in between."""

    host: MonitorHost
    memory: JsonValue = None
    seen: int = 0
    """Tapes watched so far."""

    def request(self, kept: StoredPackedTape, sight: EncodedSight) -> tuple[Future[HostAnswer], bool]:
        """Ask it about one tape; says also whether it knows what it would have known.

        Raises `MonitorFailed` where the monitor cannot be started.
        """
        own = self._monitor_memory(kept, self.host.hello())
        memory, outcomes = own if own is not None else (self.memory, ())
        asked = self.host.request(HostRequest(cycle=kept.tape.id, sight=sight, memory=memory, outcomes=outcomes))
        return asked, own is not None or self.seen >= WARM

    def take(self, tape: str, answer: HostAnswer) -> CycleReport:
        """Take its answer; raises `ReplayFailed` where it is none."""
        if answer.report is None:
            raise ReplayFailed(f"monitor {self.host.hello().monitor} failed on tape {tape}: {answer.text}")
        self.memory, self.seen = answer.memory, self.seen + 1
        return answer.report

    def _monitor_memory(
        self, kept: StoredPackedTape, who: Introduction
    ) -> tuple[JsonValue, tuple[Outcome, ...]] | None:
        """What the same version brought to this tape when it was shot."""
        played, told = kept.meta.get("monitors"), kept.meta.get("outcomes")
        for role, name in played.items() if isinstance(played, dict) else ():
            if name == f"{who.monitor} {who.version}" and role in kept.memories:
                return kept.memories[role], _outcomes(kept, told.get(role)) if isinstance(told, dict) else ()
        return None


def warm_up(tapes: Iterable[StoredPackedTape], *players: Player) -> None:
    """Let monitors watch what came before the first tape that counts; nothing is compared."""
    for kept in tapes:
        sight = EncodedSight.of(OnTape(tape=kept.tape))
        for player, (asked, _) in [(player, player.request(kept, sight)) for player in players]:
            player.take(kept.tape.id, asked.result())


def replay(tapes: Iterable[StoredPackedTape], incumbent: Player, candidate: Player) -> Iterator[ReplayedTape]:
    """Show both every tape, at the same time; the next one is read meanwhile.

    Raises `ReplayFailed`, and `MonitorFailed` where a monitor cannot be started.
    """
    players, source = (incumbent, candidate), iter(tapes)
    kept = next(source, None)
    while kept is not None:
        sight = EncodedSight.of(OnTape(tape=kept.tape))
        asked = [player.request(kept, sight) for player in players]
        tape, following = unpack(kept.tape), next(source, None)
        ours, theirs = (
            player.take(kept.tape.id, future.result()) for player, (future, _) in zip(players, asked, strict=True)
        )
        knows = [at_home for _, at_home in asked]
        yield ReplayedTape(tape, kept.meta, (ours, theirs), comparable=knows[0] == knows[1])
        kept = following


def _outcomes(kept: StoredPackedTape, told: JsonValue) -> tuple[Outcome, ...]:
    try:
        return tuple(Outcome.model_validate(one) for one in told) if isinstance(told, list) else ()
    except ValueError as error:
        raise ReplayFailed(f"tape {kept.tape.id} holds outcomes that this build does not know") from error
