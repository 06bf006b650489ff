"""Panes drawn frame by frame, and what the referee names them."""

# ruff: noqa: RUF001 - prompt signs
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shadow.referee.book import RefereeBook, RefereeLook, advance, finish
from shadow.referee.own_reports import OwnReport
from shadow.rules import Windows
from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    CycleReport,
    Escalate,
    Frame,
    Intent,
    KillWindow,
    Notice,
    NotifyManager,
    PaneShot,
    SpawnManager,
    SubmitDraft,
    Tape,
    Why,
)

if TYPE_CHECKING:
    from shadow.referee.records import NamedState, ScoredSpell

T0 = 1_800_000_000.0
FRAMES = 4
FRAME_S = 0.3
LOOK_S = 2.0
RULER = "─" * 40
AGENT = ("bash", "claude")
SHELL = ("bash",)


@dataclass(frozen=True)
class Drawn:
    """One frame: what stands above the composer, what is in it, and who is in front."""

    above: tuple[str, ...] = ()
    draft: str = ""
    composer: bool = True
    below: tuple[str, ...] = ("  ? for shortcuts",)
    processes: tuple[str, ...] = AGENT
    more: dict[str, Any] = field(default_factory=dict)

    def shot(self, pane: str = "%1") -> PaneShot:
        rows = [*self.above]
        cursor_x, cursor_y = 0, len(rows)
        if self.composer:
            rows += [RULER, f"❯ {self.draft}", RULER, *self.below]
            cursor_x, cursor_y = 2 + len(self.draft), len(self.above) + 1
        fields: dict[str, Any] = {
            "pid": 100 + int(pane[1:]),
            "session": "team",
            "session_id": "$1",
            "session_created": 1,
            "window_id": f"@{pane[1:]}",
            "window_index": int(pane[1:]),
            "window": f"agent-{pane[1:]}",
            "width": 80,
            "height": 24,
            "cursor_x": cursor_x,
            "cursor_y": cursor_y,
            "processes": self.processes,
            "ansi": "\n".join(rows),
            **self.more,
        }
        return PaneShot(pane=pane, **fields)


def rest(*above: str, **more: Any) -> Drawn:
    return Drawn(above=above or ("● Done.",), **more)


def shell(*rows: str) -> Drawn:
    return Drawn(above=rows or ("$ ",), composer=False, processes=SHELL)


def dialog(*above: str) -> Drawn:
    options = ("Do you want to proceed?", " ❯ 1. Yes", "   2. No", "", " Esc to cancel")
    return Drawn(above=(*(above or ("● Write(a.py)",)), *options), composer=False)


def printing(number: int, draft: str = "") -> Drawn:
    """The frame of an agent that has printed so many lines."""
    return Drawn(above=("❯ go on", *(f"● line {_word(n)}" for n in range(number))), draft=draft)


def _word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def verdict(
    state: str | None, pane: str = "%1", role: AgentRole = AgentRole.WORKER, pid: int | None = None
) -> AgentVerdict | None:
    if state is None:
        return None
    return AgentVerdict(
        pane=pane,
        pid=100 + int(pane[1:]) if pid is None else pid,
        session="team",
        window=f"agent-{pane[1:]}",
        window_index=int(pane[1:]),
        role=role,
        agent="claude",
        state=AgentState(state),
        since=T0,
        why=Why(rule="r"),
    )


def report(state: str | None = "idle", *intents: Intent, monitor: str = "m") -> CycleReport:
    found = verdict(state)
    manager = verdict("idle", "%9", AgentRole.MANAGER)
    verdicts = {one.pane: one for one in (found, manager) if one is not None}
    return CycleReport(cycle="c", monitor=monitor, version="1", verdicts=verdicts, intents=intents)


@dataclass
class Referee:
    """A watch of one pane, look by look, through JSON each time as the ledger would keep it."""

    book: RefereeBook = field(default_factory=RefereeBook)
    spells: list[ScoredSpell] = field(default_factory=list)
    at: float = T0
    windows: Windows = field(default_factory=Windows)

    def look(
        self,
        *frames: Drawn,
        incumbent: CycleReport | None = None,
        candidate: CycleReport | None = None,
        gap_s: float = LOOK_S,
        **more: Any,
    ) -> Referee:
        """One look; a single frame stands for four of the kind."""
        drawn = frames if len(frames) > 1 else frames * FRAMES
        tape = Tape(
            id=f"t{self.at}",
            frames=tuple(
                Frame(at=self.at + FRAME_S * number, panes=(one.shot(), MANAGER.shot("%9")))
                for number, one in enumerate(drawn)
            ),
        )
        self.book, spells = advance(self.book, RefereeLook(tape, incumbent, candidate, **more), self.windows)
        self.book = RefereeBook.model_validate_json(self.book.model_dump_json())
        self.spells += [spell for spell in spells if spell.pane == "%1"]
        self.at += gap_s
        return self

    def looks(self, *frames: Drawn, **more: Any) -> Referee:
        """One look a frame."""
        for one in frames:
            self.look(one, **more)
        return self

    def end(self) -> list[ScoredSpell]:
        self.spells += [spell for spell in finish(self.book, self.windows) if spell.pane == "%1"]
        self.book = RefereeBook()
        return self.spells

    def names(self) -> list[tuple[str, int]]:
        """End the watch: what was named, and for how many looks."""
        return [(str(spell.named), spell.looks) for spell in self.end()]


MANAGER = Drawn(above=("● manager",))


def word(state: NamedState) -> dict[str, OwnReport]:
    return {"%1": OwnReport(pane="%1", pid=101, state=state, since=T0)}


def names(*looks: Drawn | tuple[Drawn, ...]) -> list[tuple[str, int]]:
    """Return the names that the referee gives to a watch of these looks."""
    watch = Referee()
    for one in looks:
        watch.look(*(one if isinstance(one, tuple) else (one,)))
    return watch.names()


LONG = 30
"""Looks of a spell that lasts longer than any window."""
QUIET = rest()


def want(what: str, ordinal: int = 1, target: str | None = "%9") -> Intent:
    kind, _, about = what.partition(":")
    base: dict[str, Any] = {
        "pane": "%1",
        "pid": 101,
        "target": target,
        "session": "team",
        "reason": "r",
        "ordinal": ordinal,
        "at": T0,
    }
    match kind:
        case "notify_manager":
            return NotifyManager(about=Notice(about), text="x", **base)
        case "escalate":
            return Escalate(text="x", **base)
        case "kill_window":
            return KillWindow(**base)
        case "spawn_manager":
            return SpawnManager(**base)
        case _:
            return SubmitDraft(**base)


Wants = dict[int, list[Intent]]
"""By look what is wanted from then on."""


def spell(ours: Wants, theirs: Wants, looks: int = LONG, state: str = "crashed") -> ScoredSpell:
    """A spell of a pane over which two monitors want something."""
    watch = Referee().look(QUIET)
    drawn = {"crashed": shell("killed"), "waiting_approval": dialog(), "idle": QUIET}[state]
    wanted: list[list[Intent]] = [[], []]
    for look in range(looks):
        wanted = [ours.get(look, wanted[0]), theirs.get(look, wanted[1])]
        watch.look(drawn, incumbent=report(state, *wanted[0]), candidate=report(state, *wanted[1]))
    after = {"idle": [rest(draft="f"), rest(draft="fix")], "waiting_approval": [printing(2), printing(4)]}
    watch.looks(*after.get(state, []))
    return next(one for one in watch.end() if str(one.named) == state)
