"""The demo as a whole: what follows from the ledger's views, and that nothing is left of one that was ended early."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rollout.faces.demo import run
from rollout.faces.demo.fleet import names_that_meet
from rollout.faces.demo.progress import LedgerProgress
from rollout.faces.demo.script import DemoScript
from rollout.faces.demo.view import STAGES, DemoEvent, DemoOutcome, DemoTransition, DemoView, EventKind
from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.routing.lease import bucket, lease_name
from rollout.store.flags import initial_text, parse_flags
from rollout.store.ledger.records import LedgerUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE_S = 30.0
SHOW = "import sys; from rollout.faces.demo.run import demo; sys.exit(demo(as_json=True))"
BEGIN = DemoTransition(0.1, "off", "shadow", "understudy", "a rollout begins")
WAY = tuple(DemoTransition(40.0 * n, STAGES[n - 1], STAGES[n], "understudy", "earned") for n in range(1, 4))
BACK = DemoTransition(140.0, "production", "shadow", "understudy", "a missed crash")


@dataclass
class Recorder:
    """An audience that remembers."""

    views: list[DemoView] = field(default_factory=list)
    events: list[DemoEvent] = field(default_factory=list)

    def show(self, view: DemoView) -> None:
        self.views.append(view)

    def tell(self, event: DemoEvent) -> None:
        self.events.append(event)

    def end(self, outcome: DemoOutcome, hints: Sequence[str]) -> None:
        raise NotImplementedError


@dataclass
class Script:
    """Progress that was written beforehand; an exception in it is raised."""

    steps: Iterator[DemoView | Exception]

    def view(self, elapsed_s: float) -> DemoView:
        del elapsed_s
        following = next(self.steps)
        if isinstance(following, Exception):
            raise following
        return following


@dataclass
class Running:
    """A loop that runs, or has died of something."""

    alive: bool = True
    trouble: str = ""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOOK_S", 0.0)


def follow(
    script: Sequence[DemoView | Exception], trigger: Path, running: Running | None = None
) -> tuple[str, Any, Any]:
    demo_script, recorder = DemoScript(), Recorder()
    loop: Any = running or Running()
    trouble = run.follow(Script(iter(script)), loop, demo_script, recorder, time.time(), trigger)
    return trouble, demo_script, recorder


def test_a_whole_demo_is_told_in_order_and_the_regression_put_in_in_production(tmp_path: Path) -> None:
    trigger = tmp_path / "worse"
    made: list[bool] = []

    def script() -> Iterator[DemoView | Exception]:
        yield DemoView(elapsed_s=1.0, steps=(BEGIN,))
        yield LedgerUnusable("locked")
        for number in range(1, 4):
            yield DemoView(elapsed_s=40.0 * number, stage=STAGES[number], steps=(BEGIN, *WAY[:number]))
            made.append(trigger.exists())
        yield DemoView(elapsed_s=126.0, stage="production", steps=(BEGIN, *WAY))
        made.append(trigger.exists())
        for at in (140.0, 145.0):
            yield DemoView(elapsed_s=at, state="rolled_back", steps=(BEGIN, *WAY, BACK))

    demo_script, recorder = DemoScript(), Recorder()
    loop: Any = Running()
    assert run.follow(Script(script()), loop, demo_script, recorder, time.time(), trigger) == ""
    assert made == [False, False, False, True]
    assert [event.told for event in recorder.events] == [
        EventKind.BEGAN,
        EventKind.PROMOTED,
        EventKind.PROMOTED,
        EventKind.PROMOTED,
        EventKind.REGRESSION,
        EventKind.ROLLED_BACK,
    ]
    assert recorder.views[-1].regression
    assert demo_script.outcome("r", 150.0).whole


def test_a_loop_that_dies_ends_the_demo_with_its_reason(tmp_path: Path) -> None:
    view = DemoView(elapsed_s=1.0, steps=(BEGIN,))
    trouble, _, _ = follow([view], tmp_path / "worse", Running(alive=False, trouble="the loop failed: no space left"))
    assert trouble == "the loop failed: no space left"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (DemoOutcome(STAGES, rolled_back=True, steps=(), report="r", elapsed_s=1.0), 0),
        (DemoOutcome(STAGES[:2], rolled_back=True, steps=(), report="r", elapsed_s=1.0, trouble="too early"), 4),
        (DemoOutcome(STAGES[:2], rolled_back=False, steps=(), report="r", elapsed_s=1.0, trouble="stuck"), 1),
    ],
)
def test_the_exit_code_says_how_it_went(outcome: DemoOutcome, code: int) -> None:
    assert run._exit_code(outcome) == code


def test_with_the_flags_that_ship_the_teams_meet_the_canary_in_every_eight_slots() -> None:
    group = parse_flags(initial_text(None)).candidate.group

    def bucket_of(session: str, slot: int) -> int:
        return bucket(lease_name(session, slot), group)

    names = names_that_meet(bucket_of)
    assert names == run._names()
    due = {slot for slot in range(64) for name in names if bucket_of(name, slot) <= 5}
    assert all(due & set(range(start, start + 8)) for start in range(57))


def test_before_the_first_cycle_there_is_a_view_too(tmp_path: Path) -> None:
    progress = LedgerProgress(tmp_path / "ledger.sqlite", DEMO_PLAN, time.time())
    assert progress.view(0.5).cycles == 0
    progress.close()


def test_without_tmux_the_demo_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "state"))
    assert run.demo(as_json=True) == 69
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["event"] == "demo.done"
    assert "install tmux" in done["trouble"]


def processes_of(folder: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if folder.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:  # it ended, or is another user's
                continue
    return found


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_real_demo_runs_and_nothing_of_it_outlives(end: signal.Signals, tmp_path: Path) -> None:
    environment = os.environ | {"UNDERSTUDY_STATE_DIR": str(tmp_path), "TMUX": "/nowhere,1,0"}
    demo = subprocess.Popen(
        [sys.executable, "-c", SHOW],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        start_new_session=True,
    )
    assert demo.stdout is not None
    with demo.stdout:
        lines: Iterator[dict[str, Any]] = (json.loads(line) for line in demo.stdout)
        started = next(line for line in lines if line["event"] == "demo.started")
        folder = str(Path(started["socket"]).parent)
        assert started["actors"] >= 12
        assert next(line for line in lines if line["event"] == "demo.began")["to"] == "shadow"
        os.kill(demo.pid, end)
        rest = list(lines)
        code = demo.wait(PATIENCE_S)
    if end is signal.SIGINT:
        assert code == 130
        assert rest[-1]["event"] == "demo.done"
        assert rest[-1]["ok"] is False
        assert "stopped by you" in rest[-1]["trouble"]
    wait_until(lambda: not processes_of(folder), f"left behind: {processes_of(folder)}")
    wait_until(lambda: not Path(folder).exists(), "the folder is still there")
