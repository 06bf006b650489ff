"""A clock that went back: an instant ahead of it counts as now, so that no window lasts longer than itself. Pure.

What was refused at 12:00 by a clock that is set back by a day would otherwise be refused until 12:00 the next day.
"""

from rollout.loop.acting.episode import Episode, EpisodeBook, Escalation, Rules, Voice


def not_in_the_future(book: EpisodeBook, now: float, rules: Rules) -> EpisodeBook:
    """Return the book as it stands by a clock that says `now`: nothing in it happened later than that."""
    episodes = {key: _episode(episode, now, rules) for key, episode in book.episodes.items()}
    newcomers = {session: one.replace(since=now) if one.since > now else one for session, one in book.newcomers.items()}
    if all(episodes[key] is one for key, one in book.episodes.items()) and all(
        newcomers[session] is one for session, one in book.newcomers.items()
    ):
        return book
    return book.replace(episodes=episodes, newcomers=newcomers)


def _episode(episode: Episode, now: float, rules: Rules) -> Episode:
    instants = (episode.left_at, episode.delivered_at, episode.refused_at)
    if any(at is not None and at > now for at in instants):
        left_at, delivered_at, refused_at = (None if at is None else min(at, now) for at in instants)
        episode = episode.replace(left_at=left_at, delivered_at=delivered_at, refused_at=refused_at)
    if any(max(voice.first_at, voice.last_at) > now for voice in episode.voices.values()):
        episode = episode.replace(voices={role: _voice(voice, now) for role, voice in episode.voices.items()})
    if episode.escalation is not None and episode.escalation.at > now:
        episode = episode.replace(escalation=_asked_now(episode.escalation, now, rules))
    return episode


def _voice(voice: Voice, now: float) -> Voice:
    """Drop a request whose age is unknown: it no longer counts for dual control, and the window starts again."""
    last_at = voice.last_at if voice.last_at <= now else 0.0
    return voice.replace(first_at=min(voice.first_at, now), last_at=last_at)


def _asked_now(question: Escalation, now: float, rules: Rules) -> Escalation:
    return question.replace(at=now, expires_at=min(question.expires_at, now + rules.question_s))
