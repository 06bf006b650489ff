"""Bouts, the unit of evidence: kept look by look in a book, and settled once the future has had time to speak."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from pydantic import Field

from shadow.actions import ActionBook, utter
from shadow.bout import Bout, Excuse, Standing, bout_id, in_sample
from shadow.compare import NOTHING_EXPECTED, Register, gravity
from shadow.differences import DiffClass, Difference, Side
from shadow.hindsight import observe
from shadow.labels import Label, Referee, Right
from shadow.rules import BoutRules, Windows
from shadow.settling import judged
from shadow.sides import Sides, Who
from shadow.signoffs import NOBODY_SAID, Signoffs
from shadow.strata import Stratum
from understudy.record import Instant, Record
from understudy.report import CycleReport
from understudy.screens import Frame, Tape

__all__ = [
    "Bout",
    "BoutBook",
    "BoutRules",
    "Excuse",
    "Label",
    "Look",
    "Referee",
    "Right",
    "Standing",
    "Stratum",
    "Windows",
    "advance",
]

DEFAULT_RULES = BoutRules()
_PACED_BY: Final = 9
"""Looks that tell the pace."""


class Look(Record):
    """One cycle in shadow: both reports on one tape, and what was found to differ."""

    at: Instant
    incumbent: CycleReport
    candidate: CycleReport
    differences: tuple[Difference, ...] = ()
    """As `compare` and then `noise.classify` leave them; only their class and subject are read."""
    tape: Tape | None = None
    """For hindsight; without it nobody is proved right or wrong."""
    touched: frozenset[str] = frozenset()
    """Panes into which the harness, or a person whom it saw, typed since the look before."""


class BoutBook(Record):
    """Everything that must be remembered between two cycles; it holds no screen, and it goes through JSON unharmed."""

    open: dict[str, Standing] = Field(default_factory=dict)
    """By subject: what lasts."""
    over: tuple[Standing, ...] = ()
    """What ended and waits for its settling window to pass."""
    counted: dict[str, Instant] = Field(default_factory=dict)
    """Subject, process and fingerprint -> beginning of the bout that counted last."""
    actions: ActionBook = ActionBook()
    looked: tuple[Instant, ...] = ()
    """When the latest looks were."""

    @property
    def pace_s(self) -> float:
        """How far apart looks are lately, in seconds: the longest time between two, but for one that was a break."""
        gaps = sorted(after - before for before, after in pairwise(self.looked))
        return gaps[-2] if len(gaps) > 1 else 0.0


def advance(
    book: BoutBook,
    look: Look | None,
    now: float,
    *,
    rules: BoutRules = DEFAULT_RULES,
    register: Register = NOTHING_EXPECTED,
    signoffs: Signoffs = NOBODY_SAID,
) -> tuple[BoutBook, tuple[Bout, ...]]:
    """Enter one look, and take out the bouts that are settled by now, oldest first.

    Args:
        book: What the last call returned; `BoutBook()` on the first day.
        look: The cycle; None where there was none to compare (solo, a monitor failed): time passes, bouts last.
        now: Seconds since the epoch, not before any look's.
        rules: The plan's.
        register: Which differences are expected.
        signoffs: What people have said; leave out sign-offs whose ceiling is breached (`Tallies.holding`).
    """
    if look is not None:
        book = book.model_copy(update={"looked": (*book.looked, look.at)[-_PACED_BY:]})
    rules = rules.at_pace(book.pace_s)
    if look is not None:
        book = _entered(book, look, rules)
    return _settled(book, now, rules, register, signoffs)


def _entered(book: BoutBook, look: Look, rules: BoutRules) -> BoutBook:
    ours, theirs = Sides(look.incumbent), Sides(look.candidate)
    frames = look.tape.frames if look.tape is not None else ()
    classes = {difference.subject: difference.klass for difference in look.differences}
    names = {**ours.subjects(), **theirs.subjects()}
    sides = {name: (ours.side(name), theirs.side(name)) for name in names}
    unseen = _unseen(book, ours, theirs, classes, names)
    intent_keys = {name: (one.intent_keys, two.intent_keys) for name, (one, two) in sides.items()}
    lasting, over = dict(book.open), list(book.over)
    for name, standing in book.open.items():
        who = ours.who(name) or theirs.who(name)
        if name not in unseen and not (who and name in sides and _goes_on(standing, who, *sides[name])):
            over.append(lasting.pop(name).model_copy(update={"over": True}))
    for name, (one, two) in sides.items():
        who = ours.who(name) or theirs.who(name)
        if name not in unseen and who is not None:
            lasting[name] = _seen(lasting.get(name), who, one, two, look.at, noisy=classes.get(name) is DiffClass.NOISE)
    keep_s = rules.at_latest_s + rules.settling_s
    return BoutBook.model_construct(
        open={name: _watched(standing, frames, look, rules) for name, standing in lasting.items()},
        over=tuple(_watched(standing, frames, look, rules) for standing in over if not standing.settled),
        counted={key: began for key, began in book.counted.items() if began >= look.at - rules.repeat_s - keep_s},
        actions=utter(book.actions, look.at, intent_keys, unseen, keep_s),
        looked=book.looked,
    )


def _unseen(
    book: BoutBook,
    ours: Sides,
    theirs: Sides,
    classes: Mapping[str, DiffClass],
    names: Mapping[str, object],
) -> set[str]:
    """Subjects that one of them could not look at: their bouts neither go on nor end."""
    blind = {name for name, klass in classes.items() if klass is DiffClass.HARNESS}
    for name in {*names, *book.open}:
        standing = book.open.get(name)
        who = ours.who(name) or theirs.who(name) or (standing.who if standing is not None else None)
        if who is not None and (ours.could_not_see(who) or theirs.could_not_see(who)):
            blind.add(name)
    return blind


def _goes_on(standing: Standing, who: Who, incumbent: Side, candidate: Side) -> bool:
    same = _as_before(standing.incumbent, incumbent) and _as_before(standing.candidate, candidate)
    return same and standing.pid == who.pid


def _as_before(before: Side, now: Side) -> bool:
    """Whether a monitor has not changed its mind: by fingerprint, without building one for every pane."""
    return (
        before.state is now.state
        and before.rule == now.rule
        and before.agent == now.agent
        and before.intent_keys == now.intent_keys
    )


def _seen(standing: Standing | None, who: Who, one: Side, two: Side, at: float, *, noisy: bool) -> Standing:
    differs = gravity(one, two) is not None
    if standing is not None:
        return standing.model_copy(
            update={
                "seen": at,
                "looks": standing.looks + 1,
                "noisy": standing.noisy + noisy,
                "differing": standing.differing + differs,
                "incumbent": one,
                "candidate": two,
            }
        )
    return Standing(
        id=bout_id(who.subject, who.pid, at),
        pane=who.pane,
        pid=who.pid,
        session=who.session,
        window=who.window,
        began=at,
        seen=at,
        noisy=int(noisy),
        differing=int(differs),
        incumbent=one,
        candidate=two,
    )


def _watched(standing: Standing, frames: Sequence[Frame], look: Look, rules: BoutRules) -> Standing:
    """Let hindsight look, where there is something to be right about, and at a sample of the rest."""
    if standing.pane is None or standing.settled or not (standing.differing or in_sample(standing.id, rules.sample)):
        return standing
    shots = [shot for frame in frames if (shot := frame.by_pane.get(standing.pane)) is not None]
    if not shots or frames[-1].by_pane.get(standing.pane) is None:
        return standing
    touched, lasting = standing.pane in look.touched, not standing.over
    watch = observe(standing.watch, shots, look.at, touched=touched, lasting=lasting)
    return standing.model_copy(update={"watch": watch})


def _settled(
    book: BoutBook, now: float, rules: BoutRules, register: Register, signoffs: Signoffs
) -> tuple[BoutBook, tuple[Bout, ...]]:
    counted, settled = dict(book.counted), list[Bout]()
    for standing in _due(book, now, rules):
        episodes = book.actions.episodes.get(standing.who.subject, ())
        bout = judged(standing, episodes, now, rules, register, signoffs)
        key = f"{bout.pane or bout.session}\x1f{bout.pid}\x1f{bout.fingerprint.key}"
        if bout.counts and bout.began - counted.get(key, float("-inf")) < rules.repeat_s:
            bout = bout.model_copy(update={"counts": False, "why_not": Excuse.REPEAT})
        if bout.counts:
            counted[key] = bout.began
        settled.append(bout)
    if not settled:
        return book, ()
    done = {bout.id for bout in settled}
    update = {
        "open": {
            name: standing.model_copy(update={"settled": True}) if standing.id in done else standing
            for name, standing in book.open.items()
        },
        "over": tuple(standing for standing in book.over if standing.id not in done),
        "counted": counted,
    }
    return book.model_copy(update=update), tuple(settled)


def _due(book: BoutBook, now: float, rules: BoutRules) -> Iterator[Standing]:
    due = [standing for standing in book.over if now >= standing.seen + rules.settling_s]
    due += [
        standing
        for standing in (*book.over, *book.open.values())
        if not standing.settled and now >= standing.began + rules.at_latest_s and standing not in due
    ]
    yield from sorted(due, key=lambda standing: (standing.began, standing.id))
