"""Dual control: what cannot be taken back is done only where both monitors want it, or a person says so. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from rollout.loop.acting.episode import Episode, Rules


class Approval(StrEnum):
    """The approval of an episode."""

    OPEN = "open"
    WAITING = "waiting"
    """The other monitor may still want it within the window."""
    SHUT = "shut"
    """A person has to be asked."""


@dataclass(frozen=True, slots=True)
class ApprovalCheck:
    """The approval, and why: who confirmed it, else what is missing."""

    approval: Approval
    why: str


def check_approval(episode: Episode, rules: Rules, now: float, reporting: frozenset[str]) -> ApprovalCheck:
    """Check the approval of a destructive episode whose holder wants it now.

    `reporting` are the roles that had a report this cycle.
    """
    if episode.approved_by is not None:
        return ApprovalCheck(Approval.OPEN, episode.approved_by)
    if episode.uncertain:
        return ApprovalCheck(Approval.SHUT, "it may have been done already: look at the pane before you approve it")
    if episode.kind in rules.single_key:
        return ApprovalCheck(Approval.OPEN, "single_key")
    window = rules.windows.of(episode.kind)
    others = {role: voice for role, voice in episode.voices.items() if role != episode.holder}
    if any(voice.last_at >= now - window for voice in others.values()):
        return ApprovalCheck(Approval.OPEN, "both")
    second = (
        "the other monitor does not request it" if reporting - {episode.holder} else "the other monitor gave no report"
    )
    asked_first = episode.voices[episode.holder or ""].first_at
    return ApprovalCheck(
        Approval.WAITING if now - asked_first < window else Approval.SHUT, f"needs both monitors: {second}"
    )
