"""A clock that went back: an instant ahead of it counts as now, so that no window lasts longer than itself. Pure.

What was refused at 12:00 by a clock that is set back by a day would otherwise be refused until 12:00 the next day.
"""

from rollout.loop.acting.episode import Episode, EpisodeBook, Escalation, Rules, Voice


def not_in_the_future(book: EpisodeBook, now: float, rules: Rules) -> EpisodeBook:
    """Return the book as it stands by a clock that says `now`: nothing in it happened later than that."""
    episodes = {key: _episode(episode, now, rules) for key, episode in book.episodes.items()}
    newcomers = {
        session: one.model_copy(update={"since": now}) if one.since > now else one
        for session, one in book.newcomers.items()
    }
    if all(episodes[key] is one for key, one in book.episodes.items()) and all(
        newcomers[session] is one for session, one in book.newcomers.items()
    ):
        return book
    return book.model_copy(update={"episodes": episodes, "newcomers": newcomers})


def _episode(episode: Episode, now: float, rules: Rules) -> Episode:
    later: dict[str, object] = {
        name: now for name in ("left_at", "delivered_at", "refused_at") if (getattr(episode, name) or now) > now
    }
    if any(max(voice.first_at, voice.last_at) > now for voice in episode.voices.values()):
        later["voices"] = {role: _voice(voice, now) for role, voice in episode.voices.items()}
    if episode.escalation is not None and episode.escalation.at > now:
        later["escalation"] = _asked_now(episode.escalation, now, rules)
    return episode.model_copy(update=later) if later else episode


def _voice(voice: Voice, now: float) -> Voice:
    """A word whose age is not known is no second monitor any more; the window for the other one begins anew."""
    last_at = voice.last_at if voice.last_at <= now else 0.0
    return voice.model_copy(update={"first_at": min(voice.first_at, now), "last_at": last_at})


def _asked_now(question: Escalation, now: float, rules: Rules) -> Escalation:
    return question.model_copy(update={"at": now, "expires_at": min(question.expires_at, now + rules.question_s)})
