"""The checks behind `/livez` and `/readyz`: whether a rollout is watched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rollout.faces.cli.reading import ServerData
from tmuxio.server.address import ServerAddress
from tmuxio.server.identity import identify
from understudy.failures import SourceFailed

_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked."""

    name: str
    well: bool
    says: str


def alive(found: ServerData, now: float, stale_s: float) -> Check:
    """Return whether a run is alive: its newest cycle began less than so many seconds ago."""
    if found.last_cycle is None:
        return Check("cycle", well=False, says="nothing has run here yet")
    age_s = now - found.last_cycle.at
    return Check("cycle", well=age_s <= stale_s, says=f"the newest began {age_s:.0f} s ago (at most {stale_s:.0f} s)")


def ready(found: ServerData, now: float, stale_s: float, socket: Path) -> Iterator[Check]:
    """Return whether all that a run needs is there: a ledger that can be read, cycles, and the tmux server."""
    there = found.ledger is not None
    yield Check("ledger", well=there, says=str(found.folder.ledger) if there else "there is none yet")
    yield alive(found, now, stale_s)
    try:
        identify(ServerAddress(socket), deadline_s=_PATIENCE_S)
    except SourceFailed as failure:
        yield Check("tmux", well=False, says=str(failure))
    else:
        yield Check("tmux", well=True, says=f"{socket} answers")


def told(checks: Sequence[Check], *, verbose: bool) -> str:
    """Format it for people: every check, or only the failed ones."""
    lines = [f"[{'+' if check.well else '-'}] {check.name}: {check.says}" for check in checks]
    shown = lines if verbose else [line for line, check in zip(lines, checks, strict=True) if not check.well]
    return "\n".join([*shown, "ok" if all(check.well for check in checks) else "not ok"]) + "\n"
