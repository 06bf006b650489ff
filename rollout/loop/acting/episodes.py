"""From intents to deliveries: edges, reminders, dual control, questions to a person. Pure.

A cycle calls `settle` with the ends of deliveries, `outcomes` for what to tell each monitor, and, with their reports,
`advance`, whose deliveries and book belong into one transaction.
"""

from dataclasses import dataclass

from rollout.loop.acting.actuator_input import ActuatorInput, asks, enter_reports
from rollout.loop.acting.approval import Approval, ApprovalCheck, check_approval
from rollout.loop.acting.deliveries import Delivery, Item, delivery_name
from rollout.loop.acting.episode import CROWDED, Episode, EpisodeBook, Escalation, ReportedIntent, key_of
from rollout.loop.acting.episode_changes import approved, ask_person, done
from rollout.loop.acting.handover import greeted, pass_on, refusal, to_greet
from understudy.intents import Escalate, Intent, KillWindow, NotifyManager, PauseSession, SpawnManager, SubmitDraft


@dataclass(frozen=True, slots=True)
class EpisodeStep:
    """The result of one cycle."""

    book: EpisodeBook
    deliveries: tuple[Delivery, ...]
    """In the order in which they are requested."""
    withdrawn: frozenset[str]
    """Deliveries that no monitor requests any more: withdrawn if they are not claimed yet."""
    escalations: tuple[Escalation, ...]
    """New questions to a person."""


def advance(book: EpisodeBook, inputs: ActuatorInput) -> EpisodeStep:
    """Do one cycle: take the reports, hand over where the stage changed, and decide what is delivered."""
    book = enter_reports(approved(pass_on(book, inputs), inputs), inputs)
    greeting = to_greet(book, inputs) if not inputs.watch_only else frozenset()
    deciding = _Deciding(book, inputs, greeting)
    for role, report in inputs.reports.items():
        for key in dict.fromkeys(key_of(intent) for intent in report.intents):
            episode = deciding.episodes.get(key)
            if episode is not None and episode.holder == role and asks(episode, role, inputs.now):
                deciding.decide(key, episode)
    return deciding.decided(greeted(book, greeting))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A delivery in the making: further notices may join it."""

    items: list[Item]
    episode: Episode
    confirmed_by: str
    digest: bool


class _Deciding:
    """Decides the episodes of one cycle, one after the other."""

    def __init__(self, book: EpisodeBook, inputs: ActuatorInput, greeting: frozenset[str]) -> None:
        self.book = book
        self.inputs = inputs
        self.greeting = greeting
        self.episodes = dict(book.episodes)
        self._wanted: list[_Wanted] = []
        self._groups: dict[tuple[str, str | None, bool], int] = {}
        self._questions: list[Escalation] = []
        self._would_have = dict(book.would_have)
        self._paused = {session: until for session, until in book.paused.items() if until > inputs.now}

    def decide(self, key: str, episode: Episode) -> None:
        """Decide one episode that its holder asks for now."""
        voice = episode.voices[episode.holder or ""]
        intent = voice.intent
        digest = isinstance(intent, NotifyManager) and (episode.digest or episode.session in self.greeting)
        stands = bool(episode.delivered) and intent.ordinal <= voice.repeats and not digest
        if episode.pending or stands:
            return
        if hindrance := self._hindrance(episode, intent):
            self._refuse(key, hindrance)
        elif (confirmed_by := self._approval(key, episode)) is None:
            pass  # and the reason is noted
        elif self.inputs.watch_only:
            self._count(key, episode, intent)
        elif isinstance(intent, PauseSession | Escalate):
            self._at_once(key, episode, intent)
        else:
            self._deliver(key, episode, confirmed_by, digest=digest)

    def _hindrance(self, episode: Episode, intent: Intent) -> str:
        """Return the hindrance, for any holder; "" for nothing. The order of the guards is the documentation."""
        now, rules, nowhere = self.inputs.now, self.inputs.rules, intent.target is None
        not_yet = refusal(self.book, episode, self.inputs)
        guards = (
            (intent.valid_until is not None and now > intent.valid_until, "it is not valid any more"),
            (bool(not_yet), not_yet),
            # a clock that was put back does not make it wait any longer
            (episode.refused_at is not None and 0 <= now - episode.refused_at < rules.retry_s, episode.why),
            (episode.destructive and episode.session in self._paused, "its session is paused"),
            (nowhere and isinstance(intent, NotifyManager), "the session has no manager"),
            (nowhere and isinstance(intent, SubmitDraft | KillWindow), "no pane is named"),
        )
        return next((why for stands_in_the_way, why in guards if stands_in_the_way), "")

    def decided(self, book: EpisodeBook) -> EpisodeStep:
        """Everything that was decided, as one."""
        deliveries = tuple(self._make_delivery(wanted) for wanted in self._wanted)
        for delivery in deliveries:
            for item in delivery.items:
                self._pend(item.key, delivery)
        for key, episode in self.episodes.items():
            if episode.digest and not episode.pending and self._silent(episode):
                self.episodes[key] = self.episodes[key].replace(
                    digest=False
                )  # the new owner does not stand by it: nothing to tell again
        asked = {
            role: tuple(ReportedIntent(key=key_of(intent), ordinal=intent.ordinal) for intent in report.intents)
            for role, report in self.inputs.reports.items()
        }
        sessions = {*self.inputs.owners, *(episode.session for episode in self.episodes.values())}
        owners = {**book.owners, **self.inputs.owners}
        book = book.replace(
            episodes=self.episodes,
            asked={**book.asked, **asked},
            watch_only=self.inputs.watch_only,
            would_have=self._would_have,
            owners={session: role for session, role in owners.items() if session in sessions},
            newcomers={name: one for name, one in book.newcomers.items() if name in sessions},
            paused=self._paused,
        )
        return EpisodeStep(book, deliveries, self._withdrawn(), tuple(self._questions))

    def _approval(self, key: str, episode: Episode) -> str | None:
        """Return who confirmed it ("" where it needs none); None where it is not approved and a person may be asked."""
        if not episode.destructive:
            return ""
        reporting = frozenset(role for role in self.inputs.reports if self.inputs.speaks(role, episode.session))
        check = check_approval(episode, self.inputs.rules, self.inputs.now, reporting)
        if check.approval is Approval.OPEN and episode.kind == "spawn_manager" and not self.inputs.can_spawn:
            check = ApprovalCheck(
                Approval.SHUT, "no command is set that starts a manager (spawn_command): start one by hand"
            )
        if check.approval is Approval.OPEN:
            return check.why
        if check.approval is Approval.SHUT and not self.inputs.watch_only:
            self._request(key, episode, check.why)
        else:
            self._refuse(key, check.why)
        return None

    def _request(self, key: str, episode: Episode, why: str) -> None:
        """Ask a person: once an episode, and no more than a few at a time in a session; the rest is counted."""
        now, rules = self.inputs.now, self.inputs.rules
        if episode.escalation is not None:
            waits = episode.escalation.is_open(now)
            self._refuse(key, f"it waits for `approve {episode.id}`: {why}" if waits else "not approved in time")
            return
        mine = [other.escalation for other in self.episodes.values() if other.session == episode.session]
        if sum(bool(question and question.is_open(now)) for question in mine) >= rules.questions:
            self._refuse(key, f"{CROWDED} in {episode.session}: {why}")
            return
        question = ask_person(episode, why, now, rules)
        self._questions.append(question)
        self.episodes[key] = self.episodes[key].replace(
            escalation=question, why=f"it waits for `approve {episode.id}`: {why}"
        )

    def _at_once(self, key: str, episode: Episode, intent: PauseSession | Escalate) -> None:
        """Mark an intent that needs no pane as done."""
        if isinstance(intent, PauseSession):
            self._paused[episode.session] = intent.until
        else:
            self._request(key, episode, intent.text)
        self.episodes[key] = done(self.episodes[key], self.inputs.now)

    def _deliver(self, key: str, episode: Episode, confirmed_by: str, *, digest: bool) -> None:
        intent = episode.voices[episode.holder or ""].intent
        item = Item(key=key, episode=episode.id, ordinal=intent.ordinal, intent=intent)
        if digest or (isinstance(intent, NotifyManager) and intent.section is not None):
            group = (episode.holder or "", intent.target, digest)
            if (place := self._groups.get(group)) is not None:
                self._wanted[place].items.append(item)
                return
            self._groups[group] = len(self._wanted)
        self._wanted.append(_Wanted([item], episode, confirmed_by, digest=digest))

    def _make_delivery(self, wanted: _Wanted) -> Delivery:
        items, episode = wanted.items, wanted.episode
        intent, role = items[0].intent, episode.holder or ""
        pid = intent.pid if intent.target == intent.pane else self.inputs.pid_of(intent.target, role)
        kills = intent.kills if isinstance(intent, SpawnManager) else ()
        return Delivery(
            id=delivery_name(items, [self.episodes[item.key].rows for item in items]),
            kind=intent.kind,
            session=episode.session,
            target=intent.target,
            target_pid=pid,
            items=tuple(items),
            kill_pids={pane: known for pane in kills if (known := self.inputs.pid_of(pane, role)) is not None},
            role=role,
            confirmed_by=wanted.confirmed_by,
            wanted_at=self.inputs.now,
            state_behind=episode.state_behind if episode.destructive else None,
            digest=wanted.digest,
        )

    def _pend(self, key: str, delivery: Delivery) -> None:
        episode = self.episodes[key]
        ordinals = {role: voice.intent.ordinal for role, voice in episode.voices.items()}
        self.episodes[key] = episode.replace(
            pending=delivery.id, pending_ordinals=ordinals, rows=episode.rows + 1, digest=delivery.digest
        )

    def _count(self, key: str, episode: Episode, intent: Intent) -> None:
        if intent.ordinal > episode.would_have:
            self._would_have[episode.intent_key] = self._would_have.get(episode.intent_key, 0) + 1
            self.episodes[key] = self.episodes[key].replace(would_have=intent.ordinal)

    def _withdrawn(self) -> frozenset[str]:
        """Return the deliveries to withdraw: a destructive one without a request, a notice with its episode."""
        now, rules = self.inputs.now, self.inputs.rules
        return frozenset(
            episode.pending
            for episode in self.episodes.values()
            if episode.pending
            and not asks(episode, episode.holder, now)
            and (episode.looks_gone >= rules.closing_looks or (episode.destructive and self._silent(episode)))
        )

    def _silent(self, episode: Episode) -> bool:
        """Whether its holder reported on the session and did not request it."""
        spoke = self.inputs.speaks(episode.holder or "", episode.session)
        return spoke and not asks(episode, episode.holder, self.inputs.now)

    def _refuse(self, key: str, why: str) -> None:
        if self.episodes[key].why != why:
            self.episodes[key] = self.episodes[key].replace(why=why)
