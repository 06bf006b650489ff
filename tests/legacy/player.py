"""Plays the monolith on a virtual clock in a scripted world, with a harness that types and kills in its stead.

A world is a TOML table:

    windows = ["s:0 Claude-pm busy", "my_team:1 claude-dev idle"]   # target, name, screen; _ is a blank
    changes = ["100 s:1 = busy", "65 b:1 + Claude-pm busy", "60 s:2 -", "60 s:2 -> s:1"]
    fails = ["59.5 60.5 capture s:0", "60 120 list s", "61 61.5 everything"]
    spawned = "5 idle"          # a new manager shows its interface after so many seconds, or "never"
    kill_works = true
    manager_works_s = 120       # how long a manager is busy after each message

Times are seconds since the scenario began. An *act* is an intent that appeared, or whose ordinal rose.
"""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import screen
from understudy import (
    CycleReport,
    Intent,
    KillWindow,
    NotifyManager,
    Outcome,
    PauseSession,
    Result,
    SessionEntry,
    SpawnManager,
    SubmitDraft,
    VirtualClock,
    WindowEntry,
)
from understudy.intents import intent_key
from understudy.outcomes import EVERYTHING

MESSAGE_S = 4.0
BOOT_S = 10.0
PRESS_S = 0.1

STATE_WORDS = {
    "R1": "active",
    "R2": "active",
    "R3.prompt": "crashed",
    "R3.no_ui": "error",
    "R4.fresh": "fresh",
    "R4.draft": "message_queued",
    "R6.unknown": "idle unknown",
    "R6.newly": "idle newly_idle",
    "R6.still": "idle continuously_idle",
    "RL": "rate_limited",
}


@dataclass
class Window:
    name: str
    shows: Callable[[float], str]
    pane: str
    pid: int


@dataclass
class World:
    """A scripted tmux server, seen as the monolith sees it."""

    script: Mapping[str, Any]
    clock: VirtualClock
    began: float
    windows: dict[str, dict[int, Window]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=lambda: {"list-sessions": 0, "list-windows": 0, "capture-pane": 0})
    sampled: dict[str, float] = field(default_factory=dict)
    born: int = 0

    def __post_init__(self) -> None:
        self.pending = sorted((float(line.split(" ", 1)[0]), line.split(" ", 1)[1]) for line in self.script["changes"])
        for line in self.script["windows"]:
            target, name, shows = line.split(" ", 2)
            self.open(target.replace("_", " "), name.replace("_", " "), screen(shows))

    @property
    def t(self) -> float:
        return round(self.clock.now() - self.began, 3)

    def open(self, target: str, name: str, shows: Callable[[float], str]) -> Window:
        session, _, index = target.rpartition(":")
        self.born += 1
        window = Window(name, shows, f"%{self.born}", 1000 + self.born)
        self.windows.setdefault(session, {})[int(index)] = window
        return window

    def close(self, target: str) -> None:
        session, _, index = target.rpartition(":")
        self.windows[session].pop(int(index), None)
        if not self.windows[session]:
            del self.windows[session]

    def of(self, target: str) -> Window | None:
        session, _, index = target.rpartition(":")
        return self.windows.get(session, {}).get(int(index))

    def target_of(self, pane: str | None) -> str | None:
        return next(
            (f"{session}:{index}" for session, of in self.windows.items() for index, w in of.items() if w.pane == pane),
            None,
        )

    def catch_up(self) -> None:
        while self.pending and self.pending[0][0] <= self.t:
            _, change = self.pending.pop(0)
            target, verb, *rest = change.split(" ", 3)
            if verb == "=":
                window = self.of(target)
                assert window is not None
                window.shows = screen(" ".join(rest))
            elif verb == "+":
                self.open(target, rest[0], screen(rest[1]))
            elif verb == "-":
                self.close(target)
            else:
                window = self.of(target)
                assert window is not None
                self.close(target)
                session, _, index = rest[0].rpartition(":")
                self.windows.setdefault(session, {})[int(index)] = window

    def count(self, call: str) -> None:
        """Count a call of tmux, up to the scenario's end, where the original was stopped in mid-cycle."""
        if self.t <= self.script["until_s"]:
            self.calls[call] += 1

    def fails(self, what: str) -> bool:
        self.catch_up()
        for line in self.script["fails"]:
            begin, end, failing = line.split(" ", 2)
            if float(begin) <= self.t < float(end) and failing in {what, "everything"}:
                return True
        return False

    def sessions(self) -> Sequence[SessionEntry]:
        self.count("list-sessions")
        return [] if self.fails("sessions") else [SessionEntry(name, "0", "0") for name in sorted(self.windows)]

    def windows_of(self, session: str) -> Sequence[WindowEntry]:
        self.count("list-windows")
        if self.fails(f"list {session}"):
            return []
        windows = sorted(self.windows.get(session, {}).items())
        return [
            WindowEntry(str(index), w.name, number == 0, w.pane, w.pid) for number, (index, w) in enumerate(windows)
        ]

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        screens = []
        for look in range(looks):
            if look:
                self.clock.sleep(gap_s)
            self.count("capture-pane")
            window = None if self.fails(f"capture {target}") else self.of(target)
            screens.append(window.shows(self.t) if window is not None else "")
        if looks > 1:
            self.sampled[target] = self.t
        return screens


@dataclass(frozen=True)
class Sight:
    """A world as `WindowSource`."""

    world: World

    def sessions(self) -> Sequence[SessionEntry]:
        return self.world.sessions()

    def windows(self, session: str) -> Sequence[WindowEntry]:
        return self.world.windows_of(session)

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        return self.world.capture(target, looks, gap_s)


@dataclass
class Play:
    """The result of a scenario."""

    world: World
    states: list[tuple[float, str, str]] = field(default_factory=list)
    """(time, target, state) whenever the state of a target changed; the original gave none while it slept."""
    acts: list[tuple[float, str, str | None, str]] = field(default_factory=list)
    """(time, act, target touched, about whom or what)."""
    starts: list[float] = field(default_factory=list)
    reports: list[CycleReport] = field(default_factory=list)
    briefed: set[float] = field(default_factory=set)
    """The times at which managers were spawned, came up and were briefed."""


def load(text: str) -> dict[str, Any]:
    """Read a world from TOML."""
    return tomllib.loads(text)


def play(
    script: Mapping[str, Any],
    restart: Callable[[int], bool] = lambda _: False,
    outcome_of: Callable[[Intent, bool], Result | None] = lambda _, __: Result.DELIVERED,
) -> Play:
    """Play a scenario to its end; `restart(n)` says whether the monitor is started anew before cycle n."""
    script = {"changes": [], "fails": [], "spawned": "5 idle", "kill_works": True, "manager_works_s": 0, **script}
    began = datetime.fromisoformat(f"2026-03-05T{script.get('start', '12:00:00')}+00:00").astimezone(UTC).timestamp()
    clock = VirtualClock(began)
    world = World(script, clock, began)
    monitor, result = LegacyMonitor(), Play(world)
    last_state: dict[str, str] = {}
    seen: dict[tuple[str, str | None, str], int] = {}
    outcomes: list[Outcome] = []
    while world.t < script["until_s"]:
        start, number = world.t, len(result.starts)
        if restart(number):
            memory = json.loads(json.dumps(monitor.memory()))
            monitor = LegacyMonitor()
            monitor.recall(memory)
        world.catch_up()
        result.starts.append(start)
        report = monitor.cycle(f"c{number}", Sight(world), clock, EVERYTHING, tuple(outcomes))
        result.reports.append(CycleReport.model_validate_json(report.model_dump_json()))
        asleep = any(isinstance(intent, PauseSession) for intent in report.intents)
        for verdict in report.verdicts.values() if not asleep else ():
            target = f"{verdict.session}:{verdict.window_index}"
            word = STATE_WORDS[verdict.why.rule]
            if last_state.get(target) != word:
                last_state[target] = word
                at = world.sampled.get(target, -1.0)
                result.states.append((at if at >= start else round(verdict.since - began, 3), target, word))
        names = {w.pane: f"{session}:{index}" for session, of in world.windows.items() for index, w in of.items()}
        wanted = {(intent_key(i), i.pane, i.session): i for i in report.intents}
        fresh = [i for key, i in wanted.items() if seen.get(key, 0) < i.ordinal or key not in seen]
        seen = {key: i.ordinal for key, i in wanted.items()}
        typing = _Actuator(world, result, names).do(fresh, world.t)
        if report.pause_s and not any(isinstance(i, PauseSession) for i in report.intents):
            result.acts.append((world.t, "pause", None, f"{report.pause_s:.0f}"))
        outcomes = [
            Outcome(
                intent_key=intent_key(i),
                pane=i.pane,
                pid=i.pid,
                session=i.session,
                ordinal=i.ordinal,
                result=became,
                done=became is Result.DELIVERED,
                at=clock.now(),
            )
            for key, i in wanted.items()
            if (became := outcome_of(i, i in fresh)) is not None
        ]
        pause = report.pause_s
        clock.sleep(typing + pause)
        clock.sleep(began + start + script.get("interval_s", 10) - clock.now())
    return result


@dataclass
class _Actuator:
    """Does what is new in a report, after the report; counts the seconds that typing takes."""

    world: World
    result: Play
    names: Mapping[str, str]
    typing: float = 0.0
    sections: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def act(self, at: float, act: str, target: str | None, detail: str = "") -> None:
        self.result.acts.append((at, act, target, detail))

    def when(self, intent: Intent) -> float:
        return round(intent.at - self.world.began, 3)

    def do(self, fresh: Sequence[Intent], cycle_end: float) -> float:
        does: dict[type, Callable[[Any, str | None], None]] = {
            NotifyManager: self.tell,
            SubmitDraft: self.press,
            KillWindow: self.kill,
            SpawnManager: self.spawn,
            PauseSession: self.pause,
        }
        for intent in fresh:
            does[type(intent)](intent, self.names.get(intent.target) if intent.target is not None else None)
        for target, of in self.sections.items():
            self.act(cycle_end, "send", target, f"report {json.dumps(of, sort_keys=True)}")
            self.typed(target)
        return self.typing

    def typed(self, target: str | None) -> None:
        self.typing += MESSAGE_S
        window = self.world.of(target) if target is not None else None
        if window is not None and self.world.script["manager_works_s"]:
            until = self.world.t + self.world.script["manager_works_s"]
            rest, busy = window.shows, screen("busy")
            window.shows = lambda t: busy(t) if t < until else rest(t)

    def tell(self, intent: NotifyManager, target: str | None) -> None:
        gone = intent.reason.rsplit(" ", 1)[-1]
        about = f"{intent.about} {self.names.get(intent.pane or '', gone)}"
        if intent.section is None:
            self.act(self.when(intent), "send", target, about)
            self.typed(target)
            return
        self.act(self.when(intent), "queue", target, about)
        listed = self.sections.setdefault(target or "", {}).setdefault(intent.section, [])
        if intent.text:
            listed.append(intent.text.split(" (")[0])

    def press(self, intent: SubmitDraft, target: str | None) -> None:
        for number, key in enumerate(intent.keys):
            self.act(round(self.when(intent) + PRESS_S * number, 3), "key", target, str(key))
        self.typing += PRESS_S * (len(intent.keys) - 1)

    def kill(self, intent: KillWindow, target: str | None) -> None:
        self.act(self.when(intent), "kill", target)
        if self.world.script["kill_works"] and target is not None:
            self.world.close(target)

    def spawn(self, intent: SpawnManager, _: str | None) -> None:
        at, new = self.when(intent), f"{intent.session}:{intent.window_index}"
        for pane in intent.kills:
            self.act(at, "kill", self.names[pane])
            if self.world.script["kill_works"]:
                self.world.close(self.names[pane])
        self.act(at, "new-window", new, intent.window_name)
        self.typing += BOOT_S
        boots, _, shows = self.world.script["spawned"].partition(" ")
        before = screen("no-ui")
        if boots == "never":
            self.world.open(new, intent.window_name, before)
            return
        booted, up = at + float(boots), screen(shows)
        self.world.open(new, intent.window_name, lambda t: up(t) if t >= booted else before(t))
        if "╭─" in up(booted):
            self.result.briefed.add(at)
            self.typing += MESSAGE_S

    def pause(self, intent: PauseSession, _: str | None) -> None:
        self.act(self.when(intent), "pause", None, f"{intent.until - intent.at:.0f}")
