"""Which tapes a replay watches: files that were named, or what the tape store holds of the last hours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollout.faces.cli.exits import Exit, Stop
from rollout.loop.replaying import WARM
from rollout.loop.tape_store import SUFFIX, listed

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|s)")
_SECONDS: Final = {"d": 86400, "h": 3600, "min": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class TapeChoice:
    """The tapes, oldest first, and what a monitor without their memory warms up on."""

    tapes: tuple[Path, ...]
    before: tuple[Path, ...] = ()
    named: bool = True
    """Somebody named each of them: one that cannot be read is an error."""


def chosen(tapes: Sequence[Path], since: str | None, tape_store: Path, now: float) -> TapeChoice:
    """Choose; raises `Stop` where neither or both were asked for, FileNotFoundError for a file that is not there."""
    if bool(tapes) == (since is not None):
        raise Stop(Exit.USAGE, "name tapes, or say --since 24h for those that the last run kept")
    if since is None:
        return TapeChoice(tuple(path for tape in tapes for path in _files(tape)))
    span = _SPAN.fullmatch(since.strip())
    if span is None:
        raise Stop(Exit.USAGE, f"--since {since}: write 24h, 30min or 7d")
    kept = list(listed(tape_store))
    first = now - float(span[1]) * _SECONDS[span[2]]
    names = [tape_store / one.name for one in kept if one.at >= first]
    if not names:
        raise Stop(
            Exit.USAGE, f"no tape of the last {since} is kept in {tape_store}: understudy run keeps those that differ"
        )
    before = [tape_store / one.name for one in kept if one.at < first]
    return TapeChoice(tuple(names), tuple(before[-WARM:]), named=False)


def _files(tape: Path) -> list[Path]:
    """A folder stands for the tapes in it."""
    if tape.is_dir():
        return sorted(tape.glob(f"*{SUFFIX}"))
    if not tape.exists():
        raise FileNotFoundError(2, "No such file", str(tape))
    return [tape]
