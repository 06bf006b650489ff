"""Bouts, the unit of review: kept look by look in a book, and settled once hindsight has had time to decide."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from pydantic import Field

from shadow.actions import ActionBook, enter_intents
from shadow.bout import Bout, Excuse, OpenBout, bout_id, in_sample
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
    "ComparedLook",
    "Excuse",
    "Label",
    "OpenBout",
    "Referee",
    "Right",
    "Stratum",
    "Windows",
    "advance",
]

DEFAULT_RULES = BoutRules()
_PACED_BY: Final = 9
"""Number of looks from which the pace is computed."""


class ComparedLook(Record):
    """One cycle in shadow: both reports on one tape, and the differences between them."""

    at: Instant
    incumbent: CycleReport
    candidate: CycleReport
    differences: tuple[Difference, ...] = ()
    """As `compare` and then `noise.classify` leave them; only their class and subject are read."""
    tape: Tape | None = None
    """The tape for hindsight; without it neither monitor is proved right or wrong."""
    touched: frozenset[str] = frozenset()
    """Panes into which the harness, or a person that it saw, typed since the look before."""


class BoutBook(Record):
    """The state between two cycles. It holds no screen and can be stored as JSON."""

    open: dict[str, OpenBout] = Field(default_factory=dict)
    """Bouts that last, by subject."""
    over: tuple[OpenBout, ...] = ()
    """Bouts that ended and wait until their settling window has passed."""
    counted: dict[str, Instant] = Field(default_factory=dict)
    """Subject, process and fingerprint -> beginning of the bout that counted last."""
    actions: ActionBook = ActionBook()
    looked: tuple[Instant, ...] = ()
    """Times of the latest looks."""

    @property
    def pace_s(self) -> float:
        """Seconds between the latest looks: the longest gap between two of them, without breaks."""
        gaps = sorted(after - before for before, after in pairwise(self.looked))
        return gaps[-2] if len(gaps) > 1 else 0.0


def advance(
    book: BoutBook,
    look: ComparedLook | None,
    now: float,
    *,
    rules: BoutRules = DEFAULT_RULES,
    register: Register = NOTHING_EXPECTED,
    signoffs: Signoffs = NOBODY_SAID,
) -> tuple[BoutBook, tuple[Bout, ...]]:
    """Enter one look, and return the bouts that are settled by now, oldest first.

    Args:
        book: The book that the last call returned; `BoutBook()` at the start.
        look: The cycle; None if there was none to compare (solo, a monitor failed): time passes, bouts last.
        now: Seconds since the epoch, not before any look.
        rules: The plan's.
        register: The register of expected differences.
        signoffs: People's decisions; leave out sign-offs whose ceiling is breached (`Tallies.holding`).
    """
    if look is not None:
        book = book.model_copy(update={"looked": (*book.looked, look.at)[-_PACED_BY:]})
    rules = rules.at_pace(book.pace_s)
    if look is not None:
        book = _entered(book, look, rules)
    return _settled(book, now, rules, register, signoffs)


def _entered(book: BoutBook, look: ComparedLook, rules: BoutRules) -> BoutBook:
    ours, theirs = Sides(look.incumbent), Sides(look.candidate)
    frames = look.tape.frames if look.tape is not None else ()
    classes = {difference.subject: difference.klass for difference in look.differences}
    names = {**ours.subjects(), **theirs.subjects()}
    sides = {name: (ours.side(name), theirs.side(name)) for name in names}
    unseen = _unseen(book, ours, theirs, classes, names)
    intent_keys = {name: (one.intent_keys, two.intent_keys) for name, (one, two) in sides.items()}
    lasting, over = dict(book.open), list(book.over)
    for name, open_bout in book.open.items():
        who = ours.who(name) or theirs.who(name)
        if name not in unseen and not (who and name in sides and _goes_on(open_bout, who, *sides[name])):
            over.append(lasting.pop(name).model_copy(update={"over": True}))
    for name, (one, two) in sides.items():
        who = ours.who(name) or theirs.who(name)
        if name not in unseen and who is not None:
            lasting[name] = _seen(lasting.get(name), who, one, two, look.at, noisy=classes.get(name) is DiffClass.NOISE)
    keep_s = rules.at_latest_s + rules.settling_s
    return BoutBook.model_construct(
        open={name: _watched(open_bout, frames, look, rules) for name, open_bout in lasting.items()},
        over=tuple(_watched(open_bout, frames, look, rules) for open_bout in over if not open_bout.settled),
        counted={key: began for key, began in book.counted.items() if began >= look.at - rules.repeat_s - keep_s},
        actions=enter_intents(book.actions, look.at, intent_keys, unseen, keep_s),
        looked=book.looked,
    )


def _unseen(
    book: BoutBook,
    ours: Sides,
    theirs: Sides,
    classes: Mapping[str, DiffClass],
    names: Mapping[str, object],
) -> set[str]:
    """Subjects that one of the monitors could not read: their bouts neither go on nor end."""
    blind = {name for name, klass in classes.items() if klass is DiffClass.HARNESS}
    for name in {*names, *book.open}:
        open_bout = book.open.get(name)
        who = ours.who(name) or theirs.who(name) or (open_bout.who if open_bout is not None else None)
        if who is not None and (ours.could_not_see(who) or theirs.could_not_see(who)):
            blind.add(name)
    return blind


def _goes_on(open_bout: OpenBout, who: Who, incumbent: Side, candidate: Side) -> bool:
    same = _as_before(open_bout.incumbent, incumbent) and _as_before(open_bout.candidate, candidate)
    return same and open_bout.pid == who.pid


def _as_before(before: Side, now: Side) -> bool:
    """Return whether a monitor reports the same as before, without building a fingerprint for every pane."""
    return (
        before.state is now.state
        and before.rule == now.rule
        and before.agent == now.agent
        and before.intent_keys == now.intent_keys
    )


def _seen(open_bout: OpenBout | None, who: Who, one: Side, two: Side, at: float, *, noisy: bool) -> OpenBout:
    differs = gravity(one, two) is not None
    if open_bout is not None:
        return open_bout.model_copy(
            update={
                "seen": at,
                "looks": open_bout.looks + 1,
                "noisy": open_bout.noisy + noisy,
                "differing": open_bout.differing + differs,
                "incumbent": one,
                "candidate": two,
            }
        )
    return OpenBout(
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


def _watched(open_bout: OpenBout, frames: Sequence[Frame], look: ComparedLook, rules: BoutRules) -> OpenBout:
    """Let hindsight examine the bouts that differ, and a sample of the rest."""
    if (
        open_bout.pane is None
        or open_bout.settled
        or not (open_bout.differing or in_sample(open_bout.id, rules.sample))
    ):
        return open_bout
    shots = [shot for frame in frames if (shot := frame.by_pane.get(open_bout.pane)) is not None]
    if not shots or frames[-1].by_pane.get(open_bout.pane) is None:
        return open_bout
    touched, lasting = open_bout.pane in look.touched, not open_bout.over
    watch = observe(open_bout.watch, shots, look.at, touched=touched, lasting=lasting)
    return open_bout.model_copy(update={"watch": watch})


def _settled(
    book: BoutBook, now: float, rules: BoutRules, register: Register, signoffs: Signoffs
) -> tuple[BoutBook, tuple[Bout, ...]]:
    counted, settled = dict(book.counted), list[Bout]()
    for open_bout in _due(book, now, rules):
        episodes = book.actions.episodes.get(open_bout.who.subject, ())
        bout = judged(open_bout, episodes, now, rules, register, signoffs)
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
            name: open_bout.model_copy(update={"settled": True}) if open_bout.id in done else open_bout
            for name, open_bout in book.open.items()
        },
        "over": tuple(open_bout for open_bout in book.over if open_bout.id not in done),
        "counted": counted,
    }
    return book.model_copy(update=update), tuple(settled)


def _due(book: BoutBook, now: float, rules: BoutRules) -> Iterator[OpenBout]:
    due = [open_bout for open_bout in book.over if now >= open_bout.seen + rules.settling_s]
    due += [
        open_bout
        for open_bout in (*book.over, *book.open.values())
        if not open_bout.settled and now >= open_bout.began + rules.at_latest_s and open_bout not in due
    ]
    yield from sorted(due, key=lambda open_bout: (open_bout.began, open_bout.id))
