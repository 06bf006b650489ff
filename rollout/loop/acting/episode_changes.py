"""Changes of one episode: a person is asked, a person approves it, it is done. Pure."""

from rollout.loop.acting.actuator_input import ActuatorInput
from rollout.loop.acting.episode import Episode, EpisodeBook, Escalation, Rules, Voice


def ask_person(episode: Episode, why: str, now: float, rules: Rules) -> Escalation:
    """Make out a question to a person."""
    return Escalation(
        episode=episode.id,
        session=episode.session,
        intent_key=episode.intent_key,
        pane=episode.pane,
        why=why,
        at=now,
        expires_at=now + rules.question_s,
    )


def approved(book: EpisodeBook, inputs: ActuatorInput) -> EpisodeBook:
    """Enter a person's approval if the question is still open."""
    episodes = {
        key: episode.replace(approved_by=inputs.approvals[episode.id], refused_at=None)
        if episode.id in inputs.approvals and episode.escalation and episode.escalation.is_open(inputs.now)
        else episode
        for key, episode in book.episodes.items()
    }
    return book.replace(episodes=episodes)


def done(episode: Episode, at: float) -> Episode:
    """Mark it as done for every monitor that requested it by then."""

    def told(role: str, voice: Voice) -> Voice:
        ordinal = episode.pending_ordinals.get(role, voice.intent.ordinal)
        return voice.replace(repeats=max(voice.repeats, ordinal))

    return episode.replace(
        voices={role: told(role, voice) for role, voice in episode.voices.items()},
        delivered=episode.delivered + 1,
        delivered_at=at,
        pending=None,
        pending_ordinals={},
        refused_at=None,
        digest=False,
        uncertain=False,
        why="",
    )
