"""The waivers that hold now: those that the judge has taken up, and those given since the last cycle."""

from typing import Any

from rollout.faces.cli.reading import ServerData
from rollout.loop.analysis import Waiver
from rollout.loop.decisions import WAIVE
from rollout.loop.waiving import waiver_of
from understudy.record import instant_text


def waivers_of(found: ServerData, now: float) -> tuple[Waiver, ...]:
    """Return the waivers that hold at `now`, by state."""
    if found.ledger is None:
        return ()
    waivers = dict(found.loop_state.analysis.waivers)
    for row in found.ledger.decisions(WAIVE, after=found.loop_state.analysis.decisions_read):
        waiver = waiver_of(row)
        waivers[waiver.state] = waiver
    return tuple(waivers[state] for state in sorted(waivers) if waivers[state].expires > now)


def waiver_document(waiver: Waiver) -> dict[str, Any]:
    """Return a waiver as scripts get it."""
    return {
        "state": waiver.state,
        "actor": waiver.actor,
        "reason": waiver.reason,
        "at": instant_text(waiver.at),
        "expires": instant_text(waiver.expires),
    }


def waiver_line(waiver: Waiver) -> str:
    """Say a waiver in one line."""
    until = instant_text(waiver.expires)[:16].replace("T", " ")
    return f"Waived until {until} UTC: {waiver.state} need not be proven ({waiver.reason}; {waiver.actor})."
