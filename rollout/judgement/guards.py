"""Hard guards: events that are unsafe at once, whatever the statistics say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rollout.judgement.enums import Stage
from shadow.differences import DiffClass, Difference
from understudy.intents import KILLING

"""The intents that the candidate must never have alone. Drafts are judged by their stratum."""


_PANES_MISSED: Final = 2
_SHADOW_GUARD_S: Final = 3600.0


class GuardKind(StrEnum):
    """The kind of guard."""

    DESTRUCTIVE_KEY = "deadly_wish"
    MISSED_CRASH = "missed_crash"
    CRASH_LOOP = "crash_loop"


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard that was hit, and the sentence that says so."""

    kind: GuardKind
    subject: str
    """The pane, or `=session`."""
    text: str
    at: float = 0.0
    """The time at which it was hit, in seconds since the epoch."""
    spells: tuple[str, ...] = ()
    """The spells that it rests on, for a missed crash: none of them hits it a second time."""


@dataclass(frozen=True, slots=True)
class DestructiveSighting:
    """A destructive intent of the candidate alone, seen in one look."""

    subject: str
    pid: int | None
    intent_key: str
    cluster: str


def sightings(
    differences: Iterable[Difference],
    excused: Collection[str] = (),
    excused_actions: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> frozenset[DestructiveSighting]:
    """Return the destructive intents of the candidate alone in one look.

    `excused` are the clusters that a person signed off, or that were settled for the candidate, whatever the action;
    `excused_actions` are those of which the decision names the actions that had come up by then: a cluster holds many
    kinds of action, and a person has looked at these. Expected differences excuse themselves.
    """
    return frozenset(
        DestructiveSighting(difference.subject, difference.pid, intent_key, difference.cluster)
        for difference in differences
        if difference.klass is DiffClass.TRUE  # not where the incumbent could not look, or disagrees with itself
        and difference.expected is None
        and difference.cluster not in excused
        for intent_key in difference.only_candidate_wants & KILLING
        if intent_key not in excused_actions.get(difference.cluster, ())
    )


def confirmed(before: Collection[DestructiveSighting], now: Collection[DestructiveSighting]) -> tuple[Guard, ...]:
    """Return the guards of intents seen in two looks: the same action on the same process, by any rule."""
    standing = {(sighting.subject, sighting.pid, sighting.intent_key) for sighting in before}
    hits = [sighting for sighting in now if (sighting.subject, sighting.pid, sighting.intent_key) in standing]
    return tuple(
        Guard(
            GuardKind.DESTRUCTIVE_KEY,
            hit.subject,
            f"only the candidate requests {hit.intent_key} for {hit.subject}, in two consecutive looks "
            f"(cluster {hit.cluster})",
        )
        for hit in sorted(hits, key=lambda hit: (hit.subject, hit.intent_key))
    )


def missed_crashes(by_pane: Mapping[str, str], before: Iterable[Guard] = ()) -> tuple[Guard, ...]:
    """Return a guard if the candidate reported crashed agents as alive on two panes: one may be a referee error.

    `by_pane` has the last spell of each pane in which that was so, in the whole epoch. What an earlier guard rests on
    hits no second one, for it would hold a shadow for good; crashes that are missed after it do, on two panes again,
    for in shadow a guard counts for an hour only. In an exposed stage the first one is a rollback already.
    """
    told = {spell for guard in before for spell in guard.spells}
    fresh = {pane: spell for pane, spell in by_pane.items() if spell not in told}
    if len(fresh) < _PANES_MISSED:
        return ()
    (first, spell), (second, other), *_ = sorted(fresh.items())
    text = f"the candidate missed crashes on {len(fresh)} panes: {first} (spell {spell}), {second} (spell {other})"
    return (Guard(GuardKind.MISSED_CRASH, first, text, spells=tuple(sorted(fresh.values()))),)


def guards_that_count(guards: Collection[Guard], stage: Stage, now: float) -> tuple[Guard, ...]:
    """Return the guards that count: in an exposed stage all of them, in shadow those of the last hour."""
    return tuple(guard for guard in guards if stage is not Stage.SHADOW or now - guard.at < _SHADOW_GUARD_S)


def crash_loop(failures_in_a_row: int, allowed: int) -> tuple[Guard, ...]:
    """Return a guard if the candidate failed so many cycles in a row."""
    if failures_in_a_row < allowed:
        return ()
    text = f"the candidate failed {failures_in_a_row} cycles in a row (the plan calls {allowed} a crash loop)"
    return (Guard(GuardKind.CRASH_LOOP, "candidate", text),)
