"""Acts compared by episode: one monitor may want early or late what the other wants, within a window of its kind."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from pydantic import Field

from shadow.rules import Windows
from understudy.record import Instant, Record

CLOSING_LOOKS: Final = 2
"""A wish that is silent for so many looks is withdrawn, as the harness counts it: one look is a flicker."""


class MonitorRole(StrEnum):
    """Whose wish it is."""

    INCUMBENT = "incumbent"
    CANDIDATE = "candidate"


class How(StrEnum):
    """How the candidate's act compares."""

    SAME = "same"
    EARLY = "early"
    LATE = "late"
    MISSING = "missing"
    """The incumbent alone wants it."""
    EXTRA = "extra"
    """The candidate alone wants it."""


class Episode(Record):
    """One wish of one monitor for one subject, from the first ask until it was withdrawn."""

    role: MonitorRole
    wish: str
    opened: Instant
    closed: Instant | None = None
    silent: int = 0
    """Looks since it was last uttered, while it is open."""
    silent_since: Instant | None = None

    def covers(self, began: float, ended: float) -> bool:
        """Whether it stood at any instant of a stretch."""
        return self.opened <= ended and (self.closed is None or self.closed >= began)


class Act(Record):
    """One act, as both want it, or only one."""

    wish: str
    how: How
    seconds: float = 0.0
    """By how much the candidate is early or late."""


class ActionBook(Record):
    """The episodes that may still find their counterpart, by subject."""

    episodes: dict[str, tuple[Episode, ...]] = Field(default_factory=dict)


def utter(
    book: ActionBook,
    at: float,
    wants: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    unseen: Iterable[str] = (),
    keep_s: float = 660.0,
) -> ActionBook:
    """Enter one look: by subject what the incumbent and what the candidate wants.

    A subject that is not named has no wishes; one that is `unseen` is left as it is. Episodes that were withdrawn more
    than `keep_s` ago are forgotten.
    """
    skip, episodes = set(unseen), dict(book.episodes)
    for name in {*episodes, *(name for name, (ours, theirs) in wants.items() if ours or theirs)}:
        if name in skip:
            continue
        ours, theirs = wants.get(name, (frozenset[str](), frozenset[str]()))
        now = {*((MonitorRole.INCUMBENT, wish) for wish in ours), *((MonitorRole.CANDIDATE, wish) for wish in theirs)}
        kept = [
            _heard(episode, (episode.role, episode.wish) in now, at)
            for episode in episodes.get(name, ())
            if episode.closed is None or episode.closed >= at - keep_s
        ]
        standing = {(episode.role, episode.wish) for episode in kept if episode.closed is None}
        kept.extend(Episode(role=role, wish=wish, opened=at) for role, wish in sorted(now - standing))
        if kept:
            episodes[name] = tuple(kept)
        else:
            episodes.pop(name, None)
    return ActionBook.model_construct(episodes=episodes)


def acts(
    episodes: Sequence[Episode],
    stretch: tuple[float, float],
    wants: tuple[frozenset[str], frozenset[str]],
    windows: Windows,
) -> tuple[Act, ...]:
    """Compare what the incumbent and the candidate wanted throughout a stretch (from, to) of one subject.

    What only one of them wants is the same act if the other's episode opened within the window of its own; what
    both want is compared where an episode opened in the stretch: a second asking without a first is one too many.
    """
    ours, theirs = wants
    found: list[Act] = []
    for wish in sorted(ours | theirs):
        pairs = _pairs([episode for episode in episodes if episode.wish == wish], windows.of(wish))
        relevant = [pair for pair in pairs if any(e is not None and e.covers(*stretch) for e in pair)]
        if wish in ours and wish in theirs:
            relevant = [pair for pair in relevant if any(e and stretch[0] <= e.opened <= stretch[1] for e in pair)]
            found.extend(_act(wish, pair) for pair in relevant)
        else:
            role = 0 if wish in ours else 1
            own = [pair for pair in relevant if (e := pair[role]) is not None and e.covers(*stretch)]
            within = [pair for pair in own if _apart(pair) <= windows.of(wish)]
            alone = Act(wish=wish, how=How.MISSING if role == 0 else How.EXTRA)
            found.append(_act(wish, within[-1]) if within else alone)
    return tuple(found)


_Pair = tuple[Episode | None, Episode | None]


def _heard(episode: Episode, uttered: bool, at: float) -> Episode:  # noqa: FBT001 - what was heard is the subject
    if episode.closed is not None:
        return episode
    if uttered:
        return episode.model_copy(update={"silent": 0, "silent_since": None}) if episode.silent else episode
    silent, since = episode.silent + 1, episode.silent_since if episode.silent_since is not None else at
    closed = since if silent >= CLOSING_LOOKS else None
    return episode.model_copy(update={"silent": silent, "silent_since": since, "closed": closed})


def _pairs(episodes: Sequence[Episode], window_s: float) -> list[_Pair]:
    """Match the incumbent's episodes of a wish with the candidate's: the nearest in the window, then what overlaps."""
    ours = [episode for episode in episodes if episode.role is MonitorRole.INCUMBENT]
    theirs = [episode for episode in episodes if episode.role is MonitorRole.CANDIDATE]
    near = [(one, two) for one in ours for two in theirs if _apart((one, two)) <= window_s]
    far = [(one, two) for one in ours for two in theirs if _overlap(one, two)]
    pairs: list[_Pair] = []
    for one, two in (*sorted(near, key=_closeness), *sorted(far, key=_closeness)):
        if one in ours and two in theirs:
            pairs.append((one, two))
            ours.remove(one)
            theirs.remove(two)
    return [*pairs, *((one, None) for one in ours), *((None, two) for two in theirs)]


def _closeness(pair: tuple[Episode, Episode]) -> tuple[float, float]:
    one, two = pair
    return _apart(pair), one.opened + two.opened


def _apart(pair: _Pair) -> float:
    one, two = pair
    return abs(two.opened - one.opened) if one is not None and two is not None else float("inf")


def _overlap(one: Episode, two: Episode) -> bool:
    return one.covers(two.opened, float("inf") if two.closed is None else two.closed)


def _act(wish: str, pair: _Pair) -> Act:
    one, two = pair
    if two is None:
        return Act(wish=wish, how=How.MISSING)
    if one is None:
        return Act(wish=wish, how=How.EXTRA)
    by = round(two.opened - one.opened, 6)
    return Act(wish=wish, how=How.SAME if by == 0 else How.LATE if by > 0 else How.EARLY, seconds=abs(by))
