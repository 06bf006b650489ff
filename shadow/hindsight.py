"""Hindsight: what a pane did next rules out states that it cannot have been in.

It uses no monitor's claim. It uses the processes in front, and whether the screen printed on, stood still, had its
question answered or its draft sent. It concludes nothing from the moment at which a person types in the pane: what
follows may answer the keys. If the facts rule out neither state, the bout gets no label; if they rule out both, both
monitors were wrong.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from shadow.labels import Label, Referee, Right
from shadow.refuting import PaneFact, PaneFactKind, two_sided
from shadow.screen_digest import ScreenDigest, digest
from understudy.record import Instant, Record
from understudy.screens import PaneShot
from understudy.shells import is_shell
from understudy.verdicts import AgentState

_SMALL: Final = 1
"""Up to so many changed lines in one look are motion; more are output."""
_PRINTS: Final = 2
"""Output in so many looks is more than a repaint after the turn."""
_MOVES: Final = 3
"""Motion in so many looks is a spinner; an agent at rest shows none."""


class PaneOwner(StrEnum):
    """The kind of process in front of a pane."""

    SHELL = "shell"
    """A shell alone, or no process: the pane is dead."""
    PROGRAM = "program"
    UNKNOWN = "unknown"
    """The processes could not be read."""


class PaneHistory(Record):
    """The behaviour of a pane since a bout about it began."""

    last: ScreenDigest | None = None
    since: Instant | None = None
    """The first look."""
    until: Instant | None = None
    """The last look before a person typed."""
    changed: bool = False
    """Something on the screen changed, if only a clock."""
    typed: bool = False
    """A person or the harness typed: the frames from then on may answer the keys."""
    rested: bool = False
    """It stood still at the bout's last look, or once after it: later motion may answer keys that left no trace."""
    moves: int = 0
    """Looks at which text, not only figures, had changed while no key was pressed."""
    prints: int = 0
    """Of these, the looks at which more than one line had changed."""
    shells: int = 0
    """Looks within the bout with a shell, or no process, in front."""
    programs: int = 0
    tools: int = 0
    """Of these, the looks with a shell below the program: it runs a command, and may stand still meanwhile."""
    asking: int = 0
    """Looks within the bout at which a dialog stood at the foot of the screen."""
    looks: int = 0
    """Looks within the bout."""
    draft: int | None = None
    """Sum of what stood in the composer at every look of the bout."""
    answered: bool = False
    submitted: bool = False
    respawned: bool = False


def front(shot: PaneShot) -> PaneOwner:
    """Return the kind of process in front of a pane. A shell below an agent is the agent's tool, not its end."""
    if shot.dead:
        return PaneOwner.SHELL
    if not shot.processes:
        return PaneOwner.UNKNOWN
    return PaneOwner.SHELL if all(map(is_shell, shot.processes)) else PaneOwner.PROGRAM


def observe(watch: PaneHistory, shots: Sequence[PaneShot], at: float, *, touched: bool, lasting: bool) -> PaneHistory:
    """Enter one look.

    Args:
        watch: The pane's history so far.
        shots: The pane on every frame of the tape that shows it, the oldest first; at least one.
        at: When the last of them was shot.
        touched: Whether the harness, or a person whom it saw, typed in the pane since the look before.
        lasting: Whether the bout still lasts; the process in front and the dialog on the screen count only then.
    """
    if watch.typed or watch.respawned or any(shot.vanished or shot.in_mode for shot in shots):
        return watch
    before = watch.last
    if touched and before is None:
        return watch.model_copy(update={"last": digest(shots[-1]), "typed": True})
    for shot in shots:
        watch = _step(watch, shot, touched=touched, lasting=lasting)
        if watch.typed or watch.respawned:
            return watch
    now = watch.last
    assert now is not None  # a step leaves one
    rests = before.whole == now.whole if before is not None else len(shots) == 1 or not watch.changed
    seen: dict[str, object] = {
        "since": at if watch.since is None else watch.since,
        "until": at,
        "rested": rests if lasting else watch.rested or rests,
    }
    if lasting:
        seen |= _stood_there(watch, now, shots[-1], first=before is None)
    if before is None and len(shots) > 1 and digest(shots[-2]) == now:
        seen |= {"moves": 0, "prints": 0}  # it came to rest on this tape: the motion may belong to the state before
    return watch.model_copy(update=seen)


def _step(watch: PaneHistory, shot: PaneShot, *, touched: bool, lasting: bool) -> PaneHistory:
    """Follow the pane from one frame to the next."""
    now, before = digest(shot), watch.last
    if before is None:
        return watch.model_copy(update={"last": now, "draft": now.draft})
    if before.pid != now.pid:
        return watch.model_copy(update={"respawned": True})
    seen: dict[str, object] = {"last": now, **_followed(watch, before, now, shot)}
    typed = touched or bool(seen["answered"] or seen["submitted"]) or not set(now.typed) <= set(before.typed)
    return watch.model_copy(
        update={**seen, "typed": True} if typed else seen | _moved(watch, before, now, lasting=lasting)
    )


def ruling(
    incumbent: AgentState | None, candidate: AgentState | None, watch: PaneHistory, still_s: float
) -> Label | None:
    """Return which monitor was right about a pane; None if what the pane did next does not show it.

    A screen that stood still for `still_s` seconds was not a busy agent's.
    """
    if incumbent is None or candidate is None:
        return None
    for pane_fact in facts(watch, still_s):
        ours, theirs = incumbent in pane_fact.refutes, candidate in pane_fact.refutes
        if incumbent is candidate:
            if ours:
                return _label(Right.NEITHER, f"both called {incumbent}, {pane_fact.text}", pane_fact, alone=False)
        elif ours and theirs:
            return _label(Right.NEITHER, f"called {incumbent} and {candidate}, {pane_fact.text}", pane_fact, alone=True)
        elif ours or theirs:
            wrong, right = (incumbent, Right.CANDIDATE) if ours else (candidate, Right.INCUMBENT)
            return _label(right, f"called {wrong}, {pane_fact.text}", pane_fact, alone=two_sided(incumbent, candidate))
    return None


def facts(watch: PaneHistory, still_s: float) -> list[PaneFact]:
    """Return the known facts, the surest first; none if a person typed before the first look was over."""
    if not watch.looks:
        return []
    if watch.shells and not watch.programs:
        return [PaneFact(PaneFactKind.SHELL, "but no agent was in front all the time: a shell, or a dead pane")]
    known: list[PaneFact] = []
    printed_on = watch.prints >= _PRINTS or watch.moves >= _MOVES
    if watch.answered:
        known.append(PaneFact(PaneFactKind.ANSWERED, "but it asked, was answered, and moved on"))
    elif watch.submitted:
        known.append(PaneFact(PaneFactKind.SUBMITTED, "but its draft was sent, and the screen moved"))
    elif printed_on:
        known.append(PaneFact(PaneFactKind.PRINTED, "but it printed on while no key was pressed"))
    if watch.programs and not watch.shells:
        known.append(PaneFact(PaneFactKind.PROGRAM, "but a program was in front all the time"))
        if not (printed_on or watch.tools or watch.typed) and _stood(watch) >= still_s:
            known.append(PaneFact(PaneFactKind.STILL, f"but it stood still for {_stood(watch):.0f} s"))
    return known


def _label(right: Right, reason: str, pane_fact: PaneFact, *, alone: bool) -> Label:
    return Label(right=right, by=Referee.HINDSIGHT, reason=reason, rule=pane_fact.kind, alone=alone)


def _followed(watch: PaneHistory, before: ScreenDigest, now: ScreenDigest, shot: PaneShot) -> dict[str, object]:
    """Return whether the dialog that stood there all the time was answered, or the draft sent."""
    fresh = bool(set(now.printed) - set(before.printed)) and front(shot) is not PaneOwner.SHELL
    asked = watch.asking == watch.looks > 0 and before.asks
    drafted = watch.draft is not None and not watch.moves and before.draft == watch.draft
    sent = watch.draft is not None and now.sent.count(watch.draft) > before.sent.count(watch.draft)
    return {
        "answered": watch.answered or (asked and fresh and not now.asks),
        "submitted": watch.submitted or (drafted and sent and fresh and now.draft != watch.draft),
    }


def _moved(watch: PaneHistory, before: ScreenDigest, now: ScreenDigest, *, lasting: bool) -> dict[str, object]:
    """Count motion: in the bout, and after it for as long as it goes on from there without a rest."""
    seen: dict[str, object] = {"changed": watch.changed or now != before}
    fresh = len(set(now.printed) - set(before.printed)) + max(0, now.history - before.history)
    if fresh and (lasting or not watch.rested) and not before.asks:
        seen |= {"moves": watch.moves + 1, "prints": watch.prints + (fresh > _SMALL)}
    return seen


def _stood_there(watch: PaneHistory, now: ScreenDigest, shot: PaneShot, *, first: bool) -> dict[str, object]:
    who = front(shot)
    return {
        "looks": watch.looks + 1,
        "asking": watch.asking + now.asks,
        "draft": now.draft if first or now.draft == watch.draft else None,
        "shells": watch.shells + (who is PaneOwner.SHELL),
        "programs": watch.programs + (who is PaneOwner.PROGRAM),
        "tools": watch.tools + (who is PaneOwner.PROGRAM and is_shell(shot.processes[-1])),
    }


def _stood(watch: PaneHistory) -> float:
    if watch.changed or watch.respawned or watch.since is None or watch.until is None:
        return 0.0
    return watch.until - watch.since
