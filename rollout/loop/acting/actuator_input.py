"""The reports of one cycle, entered into the episode book: who requests, who holds, and what is over. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rollout.judgement.enums import Stage
from rollout.loop.acting.clock_back import not_in_the_future
from rollout.loop.acting.episode import Episode, EpisodeBook, Rules, Voice, episode_id, key_of
from rollout.loop.monitor_role import MonitorRole
from understudy.intents import Intent, intent_key
from understudy.outcomes import EVERYTHING, Scope
from understudy.report import WHOLE_SERVER, CycleReport
from understudy.verdicts import AgentVerdict


@dataclass(frozen=True, slots=True)
class ActuatorInput:
    """One cycle as the actuator sees it."""

    now: float
    owners: Mapping[str, str]
    """Session -> role."""
    reports: Mapping[str, CycleReport]
    """By role; a monitor that failed has none, and none of its intents is withdrawn by that."""
    rules: Rules
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    """By role, where it was not asked for every session."""
    watch_only: str = ""
    """Why nothing may be delivered at all (watch-only, frozen); "" if it may."""
    approvals: Mapping[str, str] = field(default_factory=dict)
    """Episode -> the person who approved it."""
    can_spawn: bool = False
    """Whether there is a command that starts a manager."""
    given_back: frozenset[str] = frozenset()
    """Actions in which the incumbent's word counts in every session, and the candidate's in none."""

    def owner(self, session: str, action: str) -> str | None:
        """Return the role whose word counts on an action in a session; None where the session is not known."""
        owner = self.owners.get(session)
        return MonitorRole.INCUMBENT if owner is not None and action in self.given_back else owner

    def has_a_say(self, role: str, intent: Intent) -> bool:
        """Whether the word of a role counts on an intent at all, as the owner's or as the second one."""
        ignored = role == MonitorRole.CANDIDATE and intent_key(intent) in self.given_back
        return not ignored and self.scopes.get(role, EVERYTHING).covers(intent.session)

    def speaks(self, role: str, session: str) -> bool:
        """Whether a role reported on a session this cycle."""
        return role in self.reports and self.scopes.get(role, EVERYTHING).covers(session)

    def verdict(self, role: str, pane: str | None) -> AgentVerdict | None:
        """Return the verdict of a role on a pane, if there is one."""
        report = self.reports.get(role)
        return report.verdicts.get(pane) if report and pane else None

    def pid_of(self, pane: str | None, role: str) -> int | None:
        """Return the process of a pane, as this role or else another one saw it."""
        for who in (role, *self.reports):
            if verdict := self.verdict(who, pane):
                return verdict.pid
        return None


def enter_reports(book: EpisodeBook, inputs: ActuatorInput) -> EpisodeBook:
    """Enter every intent, open what is new, pass on what its holder had long enough, and close what is over."""
    book = not_in_the_future(book, inputs.now, inputs.rules)
    episodes = dict(book.episodes)
    for role, report in inputs.reports.items():
        for intent in report.intents:
            if inputs.has_a_say(role, intent):
                key = key_of(intent)
                episodes[key] = _entered(episodes.get(key) or _opened(key, intent, inputs), role, intent, inputs.now)
    kept = {}
    for key, episode in episodes.items():
        after = _counted(_held(episode, inputs), inputs)
        if after.looks_gone < inputs.rules.closing_looks or after.pending:
            kept[key] = after
    return book.replace(episodes=kept)


def given_back(actions: frozenset[str], stage: Stage) -> frozenset[str]:
    """Return the actions that are the incumbent's in every session; none where there is no incumbent any more."""
    return frozenset() if stage is Stage.RETIRED else actions


def asks(episode: Episode, role: str | None, now: float) -> bool:
    """Whether a role asks for it in this very cycle."""
    voice = episode.voices.get(role or "")
    return voice is not None and voice.last_at == now


def _opened(key: str, intent: Intent, inputs: ActuatorInput) -> Episode:
    return Episode(
        id=episode_id(key, inputs.now),
        intent_key=intent_key(intent),
        pane=intent.pane,
        pid=intent.pid,
        session=intent.session,
        opened_at=inputs.now,
        voices={},
    )


def _entered(episode: Episode, role: str, intent: Intent, now: float) -> Episode:
    before = episode.voices.get(role)
    if before is None:
        # a late request for an action that was already done gets its outcome; the action is not repeated
        voice = Voice(intent=intent, first_at=now, last_at=now, repeats=intent.ordinal if episode.delivered else 0)
    else:
        first_at = before.first_at if before.intent.ordinal == intent.ordinal else now
        voice = before.replace(intent=intent, first_at=first_at, last_at=now)
    return episode.replace(voices={**episode.voices, role: voice})


def _held(episode: Episode, inputs: ActuatorInput) -> Episode:
    """Say on whose word it goes: an owner's that asks; after its lease for a while still the opener's."""
    owner = inputs.owner(episode.session, episode.intent_key)
    if owner is None or owner == episode.holder:
        return episode if episode.left_at is None else episode.replace(left_at=None)
    if episode.holder is None:
        return held_by(episode, owner, inputs) if asks(episode, owner, inputs.now) else episode
    left_at = inputs.now if episode.left_at is None else episode.left_at
    dropped = inputs.speaks(episode.holder, episode.session) and not asks(episode, episode.holder, inputs.now)
    passes_on = inputs.now - left_at >= inputs.rules.grace_s or (dropped and not episode.delivered)
    if passes_on and not episode.pending:
        return held_by(episode, owner, inputs)
    return episode.replace(left_at=left_at)


def held_by(episode: Episode, role: str, inputs: ActuatorInput) -> Episode:
    """Give it to a role, which takes what was done so far as done on its own word."""
    voices = dict(episode.voices)
    if episode.delivered and (voice := voices.get(role)):
        voices[role] = voice.replace(repeats=voice.intent.ordinal)
    behind = episode.state_behind
    if asks(episode, role, inputs.now) and (verdict := inputs.verdict(role, episode.pane)):
        behind = verdict.state
    return episode.replace(holder=role, left_at=None, voices=voices, state_behind=behind)


def _counted(episode: Episode, inputs: ActuatorInput) -> Episode:
    """Count the looks since the state behind it was left, or the intent withdrawn."""
    if episode.holder is None:
        roles = [role for role in episode.voices if inputs.speaks(role, episode.session)]
        if not roles or all(_blind(inputs.reports[role], episode) for role in roles):
            return episode
        gone = not any(asks(episode, role, inputs.now) for role in roles)
    else:
        if not inputs.speaks(episode.holder, episode.session):
            return episode
        asked = asks(episode, episode.holder, inputs.now)
        if not asked and _blind(inputs.reports[episode.holder], episode):
            return episode
        gone = not asked and not (episode.delivered and _still_there(episode, inputs))
    looks = episode.looks_gone + 1 if gone else 0
    return episode if looks == episode.looks_gone else episode.replace(looks_gone=looks)


def _still_there(episode: Episode, inputs: ActuatorInput) -> bool:
    verdict = inputs.verdict(episode.holder or "", episode.pane)
    return verdict is not None and verdict.pid == episode.pid and verdict.state is episode.state_behind


def _blind(report: CycleReport, episode: Episode) -> bool:
    """Whether the silence of a report says nothing about the episode: what could not be seen is not gone."""
    return any(
        problem.kind in WHOLE_SERVER or problem.subject in {episode.session, episode.pane}
        for problem in report.problems
        if problem.hides
    )
