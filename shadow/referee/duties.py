"""What the monitors did in a spell: `told`, beside the incumbent's right actions, and `duty`, by itself."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from shadow.referee.actions import PREMISES, TELLS, ActionEpisode
from shadow.referee.claims import Run
from shadow.referee.records import Duty, NamedState, Told
from shadow.rules import Windows

_DUTIES: Final = {
    NamedState.CRASHED: frozenset({"notify_manager:crash", "escalate"}),
    NamedState.WAITING_APPROVAL: frozenset({"notify_manager:approval", "escalate"}),
}
"""Where somebody has to be told, and by which actions."""
_REPLACES: Final = frozenset({"spawn_manager"})
"""An action that leaves nothing to tell."""


def right_actions(episodes: Sequence[ActionEpisode], run: Run, named: NamedState) -> list[ActionEpisode]:
    """Return the actions that are right: premise, target, and the only one of its kind and ordinal in the spell."""
    within = [one for one in episodes if one.overlaps(run.began, run.ended)]
    keys = [(one.intent_key, one.ordinal) for one in within]
    return [
        one
        for one in within
        if named in PREMISES.get(one.intent_key, ())
        and not one.misdirected
        and keys.count((one.intent_key, one.ordinal)) == 1
    ]


def told(
    incumbent: Sequence[ActionEpisode],
    candidate: Sequence[ActionEpisode],
    run: Run,
    named: NamedState,
    windows: Windows,
) -> tuple[Told, ...]:
    """Return by kind of the incumbent's right actions whether the candidate took it within the window.

    A kind counts once, from the incumbent's first such action; not where the spell was over before the window was.
    Any right way of telling answers a notice: which one is right for what stands on the screen is for `wrong` to say.
    """
    theirs = right_actions(candidate, run, named)
    first: dict[str, ActionEpisode] = {}
    for one in sorted(right_actions(incumbent, run, named), key=lambda one: one.opened):
        first.setdefault("tell" if one.intent_key in TELLS else one.intent_key, one)
    found = []
    for kind, one in first.items():
        until = max(one.opened, run.began) + windows.of(one.intent_key)
        answered = any(
            other.opened <= until
            for other in theirs
            if (other.intent_key in TELLS if kind == "tell" else other.intent_key == kind)
        )
        if answered or until <= run.ended:
            found.append(Told(intent_key=one.intent_key, opened=one.opened, silent=not answered))
    return tuple(found)


def duty(candidate: Sequence[ActionEpisode], run: Run, named: NamedState, windows: Windows) -> Duty | None:
    """Return whether the candidate told once of a crashed or waiting agent; None where it had not to, or not yet."""
    tells = _DUTIES.get(named)
    if tells is None:
        return None
    within = [one for one in candidate if one.overlaps(run.began, run.ended)]
    if any(one.intent_key in _REPLACES for one in within):
        return Duty.DONE
    own = sorted((one for one in within if one.intent_key in tells), key=lambda one: one.opened)
    window = windows.notice_s
    if any(later.opened - one.opened < window for one, later in pairwise(own)) or _again(own):
        return Duty.REPEATED
    if any(one.misdirected for one in own):
        return Duty.MISDIRECTED
    if own and own[0].opened <= run.began + window:
        return Duty.DONE
    return Duty.MISSED if own or run.ended - run.began >= window else None


def _again(own: Sequence[ActionEpisode]) -> bool:
    keys = [(one.intent_key, one.ordinal) for one in own]
    return len(set(keys)) < len(keys)
