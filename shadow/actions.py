"""Compare actions by episode: two monitors may request the same action at different times, within its kind's window."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from pydantic import Field

from shadow.monitor_role import MonitorRole
from shadow.rules import Windows
from understudy.record import Instant, Record

CLOSING_LOOKS: Final = 2
"""An intent that is missing for so many looks is withdrawn, as in the harness: one missing look is a flicker."""


class ActionMatch(StrEnum):
    """The candidate's action compared with the incumbent's."""

    SAME = "same"
    EARLY = "early"
    LATE = "late"
    MISSING = "missing"
    """The incumbent alone wants it."""
    EXTRA = "extra"
    """The candidate alone wants it."""


class IntentEpisode(Record):
    """One intent of one monitor for one subject, from its first request until it was withdrawn."""

    role: MonitorRole
    intent_key: str
    opened: Instant
    closed: Instant | None = None
    silent: int = 0
    """Looks since it was last requested, while it is open."""
    silent_since: Instant | None = None

    def covers(self, began: float, ended: float) -> bool:
        """Return whether it was open at any instant of a stretch."""
        return self.opened <= ended and (self.closed is None or self.closed >= began)


class ActionComparison(Record):
    """One action that both monitors want, or one of them."""

    intent_key: str
    how: ActionMatch
    seconds: float = 0.0
    """By how much the candidate is early or late."""


class ActionBook(Record):
    """The episodes that may still find their counterpart, by subject."""

    episodes: dict[str, tuple[IntentEpisode, ...]] = Field(default_factory=dict)


def enter_intents(
    book: ActionBook,
    at: float,
    intent_keys: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    unseen: Iterable[str] = (),
    keep_s: float = 660.0,
) -> ActionBook:
    """Enter one look: the intents of the incumbent and of the candidate, by subject.

    A subject that is not named has no intents; one that is `unseen` is left as it is. Episodes that were withdrawn more
    than `keep_s` ago are forgotten.
    """
    skip, episodes = set(unseen), dict(book.episodes)
    for name in {*episodes, *(name for name, (ours, theirs) in intent_keys.items() if ours or theirs)}:
        if name in skip:
            continue
        ours, theirs = intent_keys.get(name, (frozenset[str](), frozenset[str]()))
        now = {
            *((MonitorRole.INCUMBENT, intent_key) for intent_key in ours),
            *((MonitorRole.CANDIDATE, intent_key) for intent_key in theirs),
        }
        kept = [
            _observed(episode, (episode.role, episode.intent_key) in now, at)
            for episode in episodes.get(name, ())
            if episode.closed is None or episode.closed >= at - keep_s
        ]
        standing = {(episode.role, episode.intent_key) for episode in kept if episode.closed is None}
        kept.extend(
            IntentEpisode(role=role, intent_key=intent_key, opened=at) for role, intent_key in sorted(now - standing)
        )
        if kept:
            episodes[name] = tuple(kept)
        else:
            episodes.pop(name, None)
    return ActionBook.model_construct(episodes=episodes)


def compare_actions(
    episodes: Sequence[IntentEpisode],
    stretch: tuple[float, float],
    intent_keys: tuple[frozenset[str], frozenset[str]],
    windows: Windows,
) -> tuple[ActionComparison, ...]:
    """Compare the intents of the incumbent and the candidate throughout a stretch (from, to) of one subject.

    An intent of one monitor alone is the same action if the other's episode opened within its window. An intent of
    both is compared if an episode opened in the stretch: a repeated request of one monitor alone is surplus.
    """
    ours, theirs = intent_keys
    found: list[ActionComparison] = []
    for intent_key in sorted(ours | theirs):
        pairs = _pairs([episode for episode in episodes if episode.intent_key == intent_key], windows.of(intent_key))
        relevant = [pair for pair in pairs if any(e is not None and e.covers(*stretch) for e in pair)]
        if intent_key in ours and intent_key in theirs:
            relevant = [pair for pair in relevant if any(e and stretch[0] <= e.opened <= stretch[1] for e in pair)]
            found.extend(_comparison(intent_key, pair) for pair in relevant)
        else:
            role = 0 if intent_key in ours else 1
            own = [pair for pair in relevant if (e := pair[role]) is not None and e.covers(*stretch)]
            within = [pair for pair in own if _apart(pair) <= windows.of(intent_key)]
            alone = ActionComparison(intent_key=intent_key, how=ActionMatch.MISSING if role == 0 else ActionMatch.EXTRA)
            found.append(_comparison(intent_key, within[-1]) if within else alone)
    return tuple(found)


_Pair = tuple[IntentEpisode | None, IntentEpisode | None]


def _observed(episode: IntentEpisode, requested: bool, at: float) -> IntentEpisode:  # noqa: FBT001 - the request is the subject
    if episode.closed is not None:
        return episode
    if requested:
        return episode.model_copy(update={"silent": 0, "silent_since": None}) if episode.silent else episode
    silent, since = episode.silent + 1, episode.silent_since if episode.silent_since is not None else at
    closed = since if silent >= CLOSING_LOOKS else None
    return episode.model_copy(update={"silent": silent, "silent_since": since, "closed": closed})


def _pairs(episodes: Sequence[IntentEpisode], window_s: float) -> list[_Pair]:
    """Match both monitors' episodes of an intent: the nearest in the window, then those that overlap."""
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


def _closeness(pair: tuple[IntentEpisode, IntentEpisode]) -> tuple[float, float]:
    one, two = pair
    return _apart(pair), one.opened + two.opened


def _apart(pair: _Pair) -> float:
    one, two = pair
    return abs(two.opened - one.opened) if one is not None and two is not None else float("inf")


def _overlap(one: IntentEpisode, two: IntentEpisode) -> bool:
    return one.covers(two.opened, float("inf") if two.closed is None else two.closed)


def _comparison(intent_key: str, pair: _Pair) -> ActionComparison:
    one, two = pair
    if two is None:
        return ActionComparison(intent_key=intent_key, how=ActionMatch.MISSING)
    if one is None:
        return ActionComparison(intent_key=intent_key, how=ActionMatch.EXTRA)
    by = round(two.opened - one.opened, 6)
    return ActionComparison(
        intent_key=intent_key,
        how=ActionMatch.SAME if by == 0 else ActionMatch.LATE if by > 0 else ActionMatch.EARLY,
        seconds=abs(by),
    )
