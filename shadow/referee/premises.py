"""What a monitor says of a pane: its verdict, or, without verdicts, the premise of what it wants done."""

from collections.abc import Sequence
from typing import Final

from understudy.intents import Intent, Notice, intent_key
from understudy.report import CycleReport
from understudy.screens import PaneShot
from understudy.verdicts import AgentState

_S = AgentState
_SAYS: Final = {
    f"notify_manager:{Notice.IDLE}": _S.IDLE,
    f"notify_manager:{Notice.FRESH}": _S.IDLE,
    f"notify_manager:{Notice.ERROR}": _S.ERROR,
    f"notify_manager:{Notice.RATE_LIMIT}": _S.RATE_LIMITED,
    f"notify_manager:{Notice.CRASH}": _S.CRASHED,
    f"notify_manager:{Notice.APPROVAL}": _S.WAITING_APPROVAL,
    f"notify_manager:{Notice.DRAFT}": _S.UNSUBMITTED_INPUT,
    "submit_draft": _S.UNSUBMITTED_INPUT,
    "kill_window": _S.CRASHED,
    "spawn_manager": _S.CRASHED,
}


def claim_of(report: CycleReport | None, shot: PaneShot, intents: Sequence[Intent]) -> AgentState | None:
    """Return what one monitor claims of a pane in one look; None where it says nothing of it.

    A wrapped monitor may have intents and no verdicts at all: there the premise of an intent is the claim.
    """
    if report is None:
        return None
    verdict = report.verdicts.get(shot.pane)
    if verdict is not None:
        return verdict.state if verdict.pid == shot.pid else None
    if report.verdicts:
        return None
    return next((_SAYS[name] for name in map(intent_key, intents) if name in _SAYS), None)
