"""The ends of deliveries, entered into the book, and the outcomes for each monitor. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rollout.loop.acting.episode import Episode, EpisodeBook, ReportedIntent, Rules
from rollout.loop.acting.episode_changes import ask_person, done
from understudy.outcomes import Outcome, Result


class DeliveryEndKind(StrEnum):
    """The end of a delivery, as the ledger's rows name it."""

    DONE = "done"
    REFUSED = "refused"
    """No key was sent and no window was changed."""
    WITHDRAWN = "withdrawn"
    """No monitor requested it any more before it was claimed."""
    ESCALATED = "escalated"
    """A destructive action whose result is unknown: a person has to look."""


@dataclass(frozen=True, slots=True)
class DeliveryEnd:
    """The end of one delivery."""

    delivery: str
    kind: DeliveryEndKind
    at: float
    why: str = ""


class Effects(NamedTuple):
    """The effects of the harness on panes since the last cycle."""

    touched: frozenset[str] = frozenset()
    """Panes into which it pressed keys."""
    noticed: frozenset[str] = frozenset()
    """Panes about which it told a manager."""


def settle(book: EpisodeBook, ends: Iterable[DeliveryEnd], rules: Rules) -> EpisodeBook:
    """Enter the ends of deliveries; one that the book does not wait for is ignored."""
    by_delivery = {end.delivery: end for end in ends}
    episodes = {
        key: _ended(episode, by_delivery[episode.pending], rules) if episode.pending in by_delivery else episode
        for key, episode in book.episodes.items()
    }
    return book.replace(episodes=episodes)


def _ended(episode: Episode, end: DeliveryEnd, rules: Rules) -> Episode:
    match end.kind:
        case DeliveryEndKind.DONE:
            return done(episode, end.at)
        case DeliveryEndKind.WITHDRAWN:
            return episode.replace(pending=None, why=end.why)
        case DeliveryEndKind.REFUSED:
            return episode.replace(pending=None, refused_at=end.at, why=end.why)
        case DeliveryEndKind.ESCALATED:
            question = ask_person(episode, end.why, end.at, rules)
            return episode.replace(pending=None, uncertain=True, approved_by=None, escalation=question, why=end.why)


def outcomes(book: EpisodeBook, role: str) -> tuple[Outcome, ...]:
    """Return the outcome of each intent of a monitor's last report; none yet for one that is under way."""
    told = (_outcome(book, role, asked) for asked in book.asked.get(role, ()))
    return tuple(outcome for outcome in told if outcome is not None)


def _outcome(book: EpisodeBook, role: str, asked: ReportedIntent) -> Outcome | None:
    episode = book.episodes.get(asked.key)
    if episode is None:
        return None
    voice = episode.voices.get(role)
    touched = bool(episode.delivered and voice and asked.ordinal <= voice.repeats)
    holds = episode.holder == role
    if holds and not touched and episode.pending:
        return None
    if holds and touched:
        result, why = Result.DELIVERED, ""
    elif not touched and book.watch_only and book.owners.get(episode.session) == role:
        result, why = Result.WATCH_ONLY, book.watch_only
    elif holds:
        result, why = Result.REFUSED, episode.why
    else:
        result, why = Result.SHADOWED, f"the {book.owners.get(episode.session, 'other')} owns {episode.session}"
    return Outcome(
        intent_key=episode.intent_key,
        pane=episode.pane,
        pid=episode.pid,
        session=episode.session,
        ordinal=asked.ordinal,
        result=result,
        done=touched,
        at=(episode.delivered_at if touched else None) or episode.refused_at or episode.opened_at,
        why=why,
    )
