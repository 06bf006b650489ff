"""Reports, panes and whole watches, drawn in a line each."""

from collections.abc import Iterable, Sequence
from typing import Any

from shadow.bouts import Bout, BoutBook, BoutRules, ComparedLook, Windows, advance
from shadow.compare import NOTHING_EXPECTED, Register, compare
from shadow.differences import DiffClass
from shadow.signoffs import NOBODY_SAID, Signoffs
from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    CycleReport,
    Escalate,
    Frame,
    IdleDetail,
    Intent,
    KillWindow,
    Notice,
    NotifyManager,
    PaneShot,
    PauseSession,
    SpawnManager,
    SubmitDraft,
    Tape,
    Why,
)

T0 = 1_800_000_000.0
QUICK = BoutRules(settle_s=3, at_latest_s=60, repeat_s=5, windows=Windows(notice_s=3, draft_s=3, kill_s=3))


def verdict(pane: str = "%1", state: str = "idle", rule: str = "", **more: Any) -> AgentVerdict:
    detail, lines = more.pop("detail", None), tuple(more.pop("lines", ()))
    fields: dict[str, Any] = {
        "pid": 1000 + int(pane[1:]),
        "session": "team",
        "window": f"claude-{pane[1:]}",
        "window_index": int(pane[1:]),
        "role": AgentRole.WORKER,
        "agent": "claude",
        "since": T0,
        "detail": IdleDetail(str(detail)) if detail else None,
        "why": Why(rule=rule or f"r.{state}", lines=lines),
        **more,
    }
    return AgentVerdict(pane=pane, state=AgentState(state), **fields)


def want(what: str, pane: str | None = "%1", ordinal: int = 1, at: float = T0, session: str = "team") -> Intent:
    kind, _, about = what.partition(":")
    base: dict[str, Any] = {
        "pane": pane,
        "pid": None if pane is None else 1000 + int(pane[1:]),
        "target": "%9",
        "session": session,
        "reason": "because",
        "ordinal": ordinal,
        "at": at,
    }
    match kind:
        case "notify_manager":
            return NotifyManager(about=Notice(about), text="x", **base)
        case "submit_draft":
            return SubmitDraft(**base)
        case "kill_window":
            return KillWindow(**base)
        case "pause_session":
            return PauseSession(until=at + 60, **base)
        case "escalate":
            return Escalate(text="x", **base)
        case _:
            return SpawnManager(**base)


def report(
    verdicts: Iterable[AgentVerdict] = (), intents: Iterable[Intent] = (), monitor: str = "old", **more: Any
) -> CycleReport:
    return CycleReport(
        cycle="c-1",
        monitor=monitor,
        version="1",
        verdicts={verdict.pane: verdict for verdict in verdicts},
        intents=tuple(intents),
        **more,
    )


def one(state: str, *intent_keys: str, pane: str = "%1", rule: str = "", monitor: str = "old") -> CycleReport:
    """A report about one pane."""
    return report([verdict(pane, state, rule)], [want(what, pane) for what in intent_keys], monitor)


def shot(text: str = "", pane: str = "%1", processes: Sequence[str] = ("bash", "claude"), **more: Any) -> PaneShot:
    index = int(pane[1:])
    fields: dict[str, Any] = {
        "pid": 1000 + index,
        "session": "team",
        "session_id": "$1",
        "session_created": 1,
        "window_id": f"@{index}",
        "window_index": index,
        "window": f"claude-{index}",
        "processes": tuple(processes),
        "ansi": text,
        **more,
    }
    return PaneShot(pane=pane, **fields)


def tape(at: float, *shots: PaneShot) -> Tape:
    return Tape(id=f"t-{at}", frames=(Frame(at=at, panes=shots),))


class Watching:
    """A watch of two monitors, look by look, through JSON each time as the ledger would keep it."""

    def __init__(self, rules: BoutRules = QUICK, register: Register = NOTHING_EXPECTED) -> None:
        self.rules, self.register = rules, register
        self.signoffs: Signoffs = NOBODY_SAID
        self.book = BoutBook()
        self.bouts: list[Bout] = []

    def look(
        self,
        at: float,
        incumbent: CycleReport,
        candidate: CycleReport,
        screen: Tape | None = None,
        *,
        touched: Iterable[str] = (),
        klass: str = "true",
    ) -> "Watching":
        differences = tuple(
            difference.model_copy(update={"klass": DiffClass(klass)}) if klass != "true" else difference
            for difference in compare(incumbent, candidate, self.register)
        )
        look = ComparedLook(
            at=T0 + at,
            incumbent=incumbent,
            candidate=candidate,
            differences=differences,
            tape=screen,
            touched=frozenset(touched),
        )
        return self._advance(look, at)

    def wait(self, at: float) -> "Watching":
        return self._advance(None, at)

    def _advance(self, look: ComparedLook | None, at: float) -> "Watching":
        book = BoutBook.model_validate_json(self.book.model_dump_json())
        self.book, settled = advance(
            book, look, T0 + at, rules=self.rules, register=self.register, signoffs=self.signoffs
        )
        self.bouts.extend(settled)
        return self
