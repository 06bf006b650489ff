"""The class LIVE_MISMATCH: the candidate's live reading right after the tape, against its reading of the tape."""

from shadow.compare import gravity, make_difference
from shadow.differences import DiffClass, Difference, Severity, Side
from shadow.sides import Sides
from understudy.record import Record
from understudy.report import CycleReport
from understudy.screens import Frame, PaneShot, Tape


class LiveComparison(Record):
    """The result of one live check of the candidate."""

    compared: int
    """Panes that stood still, and that both reports could read."""
    moved: int
    """Panes that moved: they prove nothing."""
    differences: tuple[Difference, ...] = ()
    """`incumbent` is the verdict on the tape here, and `candidate` the live one."""

    @property
    def counts(self) -> bool:
        """Return whether it is evidence."""
        return self.compared > 0

    @property
    def event(self) -> bool:
        """Return whether it differs from the tape."""
        return bool(self.differences)


def compare_live(on_tape: CycleReport, live: CycleReport, tape: Tape, after: Frame) -> LiveComparison:
    """Compare the candidate with itself.

    Args:
        on_tape: Its report on the tape.
        live: Its report from its live reading, from the same memory as the first.
        tape: The tape.
        after: Any frame shot after the live reading, such as the first of the next tape: a pane that looks the same in
            it and all over the tape stood still in between.

    Of still panes state, detail, role and CLI must agree exactly; intents depend on the second and are left out.
    """
    first, second = Sides(on_tape), Sides(live)
    compared, moved, found = 0, 0, list[Difference]()
    for name in {**on_tape.verdicts, **live.verdicts}:
        if not _stood_still(name, tape, after):
            moved += 1
            continue
        who = first.who(name) or second.who(name)
        if who is None or first.could_not_see(who) or second.could_not_see(who):
            continue
        compared += 1
        ours, theirs = _judgement(first, name), _judgement(second, name)
        if ours != theirs:
            difference = make_difference(who, ours, theirs, gravity(ours, theirs) or Severity.DETAIL)
            found.append(difference.model_copy(update={"klass": DiffClass.LIVE_MISMATCH}))
    return LiveComparison(compared=compared, moved=moved, differences=tuple(found))


def _judgement(sides: Sides, name: str) -> Side:
    verdict = sides.verdict(name)
    if verdict is None:
        return Side()
    return Side(state=verdict.state, detail=verdict.detail, role=verdict.role, agent=verdict.agent)


def _stood_still(name: str, tape: Tape, after: Frame) -> bool:
    shots = [frame.by_pane.get(name) for frame in (*tape.frames, after)]
    looks = {_look(shot) for shot in shots if shot is not None and not shot.vanished}
    return None not in shots and len(looks) == 1


def _look(shot: PaneShot) -> tuple[object, ...]:
    """Return everything about a pane that a monitor may judge by."""
    return (
        shot.pid,
        shot.ansi,
        shot.title,
        shot.command,
        shot.processes,
        shot.dead,
        shot.in_mode,
        shot.alternate,
        shot.width,
        shot.height,
        shot.history,
        (shot.cursor_x, shot.cursor_y),
    )
