"""The handover after a change of stage: each open episode moves with its session; no memory of it kills a window.

Standing notices become one digest a manager; `kill_window` and `spawn_manager` are refused from a new owner for a
while. Pure.
"""

from rollout.loop.acting.actuator_input import ActuatorInput, held_by
from rollout.loop.acting.episode import Episode, EpisodeBook, Newcomer
from understudy.intents import KILLING


def hand_over(book: EpisodeBook) -> EpisodeBook:
    """The stage changed (promotion, rollback, retirement): the next cycle hands everything over."""
    return book.replace(handing_over=True)


def pass_on(book: EpisodeBook, inputs: ActuatorInput) -> EpisodeBook:
    """Note the new owners and hand over the episodes of the old ones, at the first cycle after a change of stage."""
    if not book.handing_over:
        return book
    newcomers = dict(book.newcomers)
    for session, role in inputs.owners.items():
        if book.owners.get(session, role) != role:
            newcomers[session] = Newcomer(role=role, since=inputs.now)
    episodes = {key: _passed(episode, inputs) for key, episode in book.episodes.items()}
    return book.replace(handing_over=False, newcomers=newcomers, episodes=episodes)


def _passed(episode: Episode, inputs: ActuatorInput) -> Episode:
    owner = inputs.owner(episode.session, episode.intent_key)
    if owner is None or episode.holder in {None, owner}:
        return episode
    return held_by(episode, owner, inputs)


def refusal(book: EpisodeBook, episode: Episode, inputs: ActuatorInput) -> str:
    """Why a new owner may not do this yet; "" where it may."""
    newcomer = book.newcomers.get(episode.session)
    if newcomer is None or episode.kind not in KILLING or newcomer.role != episode.holder:
        return ""
    left = newcomer.since + inputs.rules.newcomer_s - inputs.now
    return f"a new owner may not do this for another {left:.0f} s" if left > 0 else ""


def to_greet(book: EpisodeBook, inputs: ActuatorInput) -> frozenset[str]:
    """Return the sessions whose managers get one digest of notices from their new owner now."""
    return frozenset(
        session
        for session, newcomer in book.newcomers.items()
        if not newcomer.greeted
        and inputs.owners.get(session) == newcomer.role
        and inputs.speaks(newcomer.role, session)
    )


def greeted(book: EpisodeBook, sessions: frozenset[str]) -> EpisodeBook:
    """Note that these managers got their digest."""
    newcomers = {
        session: newcomer.replace(greeted=newcomer.greeted or session in sessions)
        for session, newcomer in book.newcomers.items()
    }
    return book.replace(newcomers=newcomers)
