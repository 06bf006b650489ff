"""Two keys: what cannot be taken back is done only where both monitors want it, or a person says so. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from rollout.loop.acting.episode import Episode, Rules

NEVER_AT_FIRST = frozenset({"kill_window", "spawn_manager"})
"""Refused from a new owner for a while, whatever its memory says."""


class Lock(StrEnum):
    """How the lock of an episode stands."""

    OPEN = "open"
    WAITING = "waiting"
    """The other monitor may still want it within the window."""
    SHUT = "shut"
    """A person has to be asked."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The lock, and why: for an open one whose keys they are, else what is missing."""

    lock: Lock
    why: str


def turn(episode: Episode, rules: Rules, now: float, reporting: frozenset[str]) -> Turned:
    """Try the lock of a destructive episode whose holder asks for it now.

    `reporting` are the roles that had a report this cycle.
    """
    if episode.approved_by is not None:
        return Turned(Lock.OPEN, episode.approved_by)
    if episode.uncertain:
        return Turned(Lock.SHUT, "it may have been done already: look at the pane before you approve it")
    if episode.kind in rules.single_key:
        return Turned(Lock.OPEN, "single_key")
    window = rules.windows.of(episode.kind)
    others = {role: voice for role, voice in episode.voices.items() if role != episode.holder}
    if any(voice.last_at >= now - window for voice in others.values()):
        return Turned(Lock.OPEN, "both")
    second = (
        "the other monitor does not want it" if reporting - {episode.holder} else "the other monitor gave no report"
    )
    asked_first = episode.voices[episode.holder or ""].first_at
    return Turned(Lock.WAITING if now - asked_first < window else Lock.SHUT, f"the second key is missing: {second}")
