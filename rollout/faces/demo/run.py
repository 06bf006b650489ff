"""The demo from start to end: world, loop, progress, regression, report."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final

import structlog

from rollout.faces.demo.demo_server import DemoServerFailed
from rollout.faces.demo.fleet import make_fleet, names_that_meet
from rollout.faces.demo.progress import LedgerProgress, Progress
from rollout.faces.demo.regression import TRIGGER
from rollout.faces.demo.renderer import Renderer, choose_renderer
from rollout.faces.demo.report import write_report
from rollout.faces.demo.script import DemoScript
from rollout.faces.demo.view import DemoEvent, DemoOutcome, DemoView, EventKind
from rollout.faces.demo.world import World
from rollout.judgement.plan_text import plan_lines
from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.routing.lease import bucket, lease_name
from rollout.store.flags import initial_text, parse_flags
from rollout.store.ledger.records import LedgerUnusable
from rollout.store.state_folder import ServerFolder, StateFolder
from tmuxio.server.address import ServerAddress

CANDIDATE: Final = "rollout.faces.demo.regression:LateRegression"
INTERVAL_S: Final = 1.0
"""Between two cycles of the loop."""
GAP_S: Final = 0.2
"""Between two frames of a tape: as long as an actor's beat, and a tape with its cycle fits into the interval."""
LOOK_S: Final = 0.5
"""Between two looks of the demo at the ledger."""
_JOIN_S: Final = 20.0
_KEPT: Final = 5
"""Folders of earlier demos that are kept, with their ledgers and reports."""


def demo(*, as_json: bool = False) -> int:
    """Play the whole demo; 0 only if every promotion was earned and the regression was caught.

    4 where the candidate was rolled back before that, 69 without tmux, 130 after Ctrl-C, 1 otherwise.
    """
    return play(choose_renderer(as_json=as_json))


def play(windows: Renderer) -> int:
    """Play it with this renderer, and return the exit code."""
    began = time.time()
    demo_script = DemoScript()
    code, trouble, report = None, "", ""
    state = StateFolder.from_environment()
    _clear_away(state)
    with _ended_by_signals():
        try:
            with World(make_fleet(_names())) as world:
                folder = state.of_server(world.socket_path)
                windows.tell(_started(world))
                trouble = _perform(world, state, folder, demo_script, windows, began)
                report = write_report(folder.path, world.socket_path)
                if world.dialog_keys:
                    trouble = trouble or f"{world.dialog_keys} keys reached an approval dialog"
        except DemoServerFailed as failure:
            code, trouble = 69, str(failure)
        except KeyboardInterrupt:
            code, trouble = 130, "stopped by you"
    outcome = demo_script.outcome(report, time.time() - began, trouble)
    windows.end(outcome, _hints() if report else [])
    return _exit_code(outcome) if code is None else code


def follow(
    progress: Progress,
    loop_: "Loop",
    demo_script: DemoScript,
    windows: Renderer,
    began: float,
    make_worse: Path,
) -> str:
    """Show views and events until the script ends; return the failure if the loop ended early."""
    view = DemoView()
    while True:
        now = time.time() - began
        try:
            view = progress.view(now)
        except LedgerUnusable:  # the loop writes at this moment; the next look will tell
            view = replace(view, elapsed_s=now)
        direction = demo_script.see(view)
        if direction.make_worse:
            make_worse.touch()
        for event in direction.events:
            windows.tell(event)
        windows.show(direction.view)
        if direction.over:
            return ""
        if not loop_.alive:
            return loop_.trouble or "the loop ended by itself"
        time.sleep(LOOK_S)


@dataclass(slots=True)
class Loop:
    """The real loop, in a thread of this process: when the demo dies, it dies, and its monitors with it."""

    blueprint: Blueprint
    trouble: str = ""
    _stop: StopSignal | None = None
    _thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Return whether it runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin with the first cycle."""
        self._stop = StopSignal()
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="demo-loop", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End after the cycle that runs."""
        if self._stop is not None and self._thread is not None:
            self._stop()
            self._thread.join(_JOIN_S)

    def _run(self, stop: StopSignal) -> None:
        try:
            with open_runtime(self.blueprint) as runtime:
                loop(runtime, interval_s=INTERVAL_S, cycles=None, stop=stop, watch=lambda _cycle_result: None)
        except Exception as error:  # noqa: BLE001 - a thread's exception would be lost; the demo prints it and ends
            self.trouble = f"the loop failed: {type(error).__name__}: {error}"


def _perform(
    world: World, state: StateFolder, folder: ServerFolder, demo_script: DemoScript, windows: Renderer, began: float
) -> str:
    for line in plan_lines(DEMO_PLAN):
        windows.tell(DemoEvent(EventKind.PLAN, 0.0, line, {"plan": line}))
    trigger = world.folder / "regression"
    progress = LedgerProgress(folder.ledger, DEMO_PLAN, began)
    blueprint = Blueprint(
        address=ServerAddress(world.socket_path),
        state=state,
        incumbent="legacy",
        candidate=CANDIDATE,
        plan=DEMO_PLAN,
        act=True,
        slots_from=time.time(),
        gap_s=GAP_S,
    )
    running = Loop(blueprint)
    with _logging_to(folder.path), _environment(TRIGGER, str(trigger)):
        running.start()
        try:
            return follow(progress, running, demo_script, windows, began, trigger)
        finally:
            running.end()
            progress.close()


def _names() -> tuple[str, ...]:
    group = parse_flags(initial_text(None)).candidate.group
    return names_that_meet(lambda session, slot: bucket(lease_name(session, slot), group))


def _started(world: World) -> DemoEvent:
    teams = sorted({window.session for window in world.windows})
    text = f"{len(world.windows)} actors in {len(teams)} teams ({', '.join(teams)}) on a tmux server of their own"
    facts = {"actors": len(world.windows), "teams": teams, "socket": str(world.socket_path)}
    return DemoEvent(EventKind.STARTED, 0.0, text, facts)


def _exit_code(outcome: DemoOutcome) -> int:
    if outcome.whole:
        return 0
    return 4 if outcome.rolled_back else 1


def _hints() -> list[str]:
    beside = Path(sys.executable).with_name("understudy")
    name = "understudy" if shutil.which("understudy") or not beside.exists() else os.path.relpath(beside)
    return [
        f"{name} status       # the status of this rollout",
        f"{name} history      # every move: who, when, why",
        f"{name} diffs list   # the differences of the two monitors",
        f"{name} run          # watch your own tmux server; no key is sent",
    ]


def _clear_away(state: StateFolder) -> None:
    """Delete all but the last few demos; their servers no longer run."""
    demos = [server.path for server in state.all_servers() if server.path.name.startswith("demo-")]
    for old in sorted(demos, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the demo as Ctrl-C does: everything is taken down on the way out."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _logging_to(folder: Path) -> Iterator[None]:
    """Keep what the loop logs: a display, or a program's JSON, is no place for it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "demo.log").open("w", encoding="utf-8") as file:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=file))
        try:
            yield
        finally:
            structlog.reset_defaults()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable for the processes that are started meanwhile."""
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
