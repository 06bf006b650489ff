"""Split two reports into subjects: every pane, and every session for intents that concern all of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from shadow.differences import NOTHING, IntentKey, Side, Silence, subject
from understudy.intents import Intent, Notice, NotifyManager, intent_key
from understudy.report import WHOLE_SERVER, CycleReport
from understudy.verdicts import AgentRole, AgentState, AgentVerdict

_OF_THE_SESSION = frozenset({"spawn_manager", "pause_session"})
_ABOUT_THE_SESSION = frozenset({Notice.TEAM_IDLE, Notice.MISSING})
_NO_EAR = frozenset({AgentState.CRASHED, AgentState.ERROR})


@dataclass(frozen=True, slots=True)
class Who:
    """The identity and the labels of a subject."""

    pane: str | None
    pid: int | None
    session: str
    window: str
    index: int | None = None
    """The index of its window; None if the subject is the session."""

    @property
    def subject(self) -> str:
        """The name of the subject."""
        return subject(self.pane, self.session)


class Sides:
    """One report by subject."""

    def __init__(self, report: CycleReport) -> None:
        self._report = report
        self._intents: dict[str, dict[str, int]] = {}
        self._who: dict[str, Who] = {}
        for intent in report.intents:
            who = _whom(intent)
            name, intent_keys = intent_key(intent), self._intents.setdefault(who.subject, {})
            intent_keys[name] = max(intent.ordinal, intent_keys.get(name, 0))
            self._who.setdefault(who.subject, who)
        self._blind = any(problem.kind in WHOLE_SERVER for problem in report.problems)
        self._unseen = {problem.subject for problem in report.problems if problem.hides}
        self._silences: dict[str, Silence | None] = {}

    def subjects(self) -> Mapping[str, object]:
        """The subjects of the report."""
        return {**self._report.verdicts, **self._who}

    def verdict(self, name: str) -> AgentVerdict | None:
        """Return its verdict on a pane."""
        return self._report.verdicts.get(name)

    def intents(self, name: str) -> tuple[IntentKey, ...]:
        """Return its intents about a subject, sorted."""
        intent_keys = self._intents.get(name)
        return tuple(sorted(intent_keys.items())) if intent_keys else ()

    def who(self, name: str) -> Who | None:
        """Return the identity and labels of a subject; None if the report has nothing about it."""
        if (verdict := self.verdict(name)) is not None:
            return Who(verdict.pane, verdict.pid, verdict.session, verdict.window, verdict.window_index)
        return self._who.get(name)

    def side(self, name: str) -> Side:
        """Return everything that it reports about a subject."""
        verdict, intents = self.verdict(name), self.intents(name)
        if verdict is None:
            managers = self._managers(name)
            return Side(intents=intents, rule=managers) if intents or managers else NOTHING
        return Side(
            state=verdict.state,
            detail=verdict.detail,
            rule=verdict.why.rule,
            lines=verdict.why.lines,
            intents=intents,
            role=verdict.role,
            agent=verdict.agent,
            silence=Silence.ATTENDED if verdict.attended else self._silence(verdict.session),
        )

    def _silence(self, session: str) -> Silence | None:
        """Return why it would send no notice in a session."""
        if session not in self._silences:
            asleep = any(intent_key == "pause_session" for intent_key, _ in self.intents(subject(None, session)))
            told = any(
                verdict.role is AgentRole.MANAGER and verdict.session == session and verdict.state not in _NO_EAR
                for verdict in self._report.verdicts.values()
            )
            self._silences[session] = Silence.ASLEEP if asleep else None if told else Silence.NO_MANAGER
        return self._silences[session]

    def _managers(self, name: str) -> str:
        """Return the states of the managers of a session as one text, which is the rule behind its intents there."""
        seen = sorted(
            f"{verdict.state}/{verdict.why.rule}"
            for verdict in self._report.verdicts.values()
            if verdict.role is AgentRole.MANAGER and subject(None, verdict.session) == name
        )
        return f"manager:{', '.join(seen) or 'missing'}" if name.startswith("=") else ""

    def could_not_see(self, who: Who) -> bool:
        """Return whether it reports nothing about a pane since it could not read it, though an agent may be there."""
        if who.pane is None or self.verdict(who.pane) is not None:
            return False
        names = {who.pane, who.session, f"{who.session}:{who.index}"}
        return self._blind or not names.isdisjoint(self._unseen)


def _whom(intent: Intent) -> Who:
    of_session = intent.kind in _OF_THE_SESSION or (
        isinstance(intent, NotifyManager) and intent.about in _ABOUT_THE_SESSION
    )
    pane, pid = (None, None) if of_session else (intent.pane, intent.pid)
    return Who(pane, pid, intent.session, window="")
