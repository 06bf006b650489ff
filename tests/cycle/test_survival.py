"""The loop outlives every error of a cycle, says it once, and goes on from what the ledger says."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import TimeoutError as NoConnection
from structlog.testing import capture_logs

from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.trouble import LONGEST_PAUSE_S, Trouble
from rollout.store.state_folder import StateFolder
from understudy.failures import SourceFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from private_tmux import TmuxServer

    from rollout.loop.cycle_result import CycleResult
    from rollout.loop.runtime import Runtime

HERE = Path(__file__).parent
FILES = OSError(errno.EMFILE, os.strerror(errno.EMFILE))


@pytest.fixture(autouse=True)
def own_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("PYTHONPATH", str(HERE))


@contextmanager
def runtime_over(server: TmuxServer, folder: Path, **more: object) -> Iterator[Runtime]:
    server.new_window("exec sleep 600", name="idle-1")
    blueprint = Blueprint(
        server.address, StateFolder(folder / "state"), "eager:Eager", "eager:Eager", DEMO_PLAN, gap_s=0.01, **more
    )
    with open_runtime(blueprint) as runtime:
        yield runtime


def failing(times: int, fault: Exception, real: Callable[..., Any]) -> Callable[..., Any]:
    left = iter(range(times))

    def call(*what: Any, **more: Any) -> Any:
        for _ in left:
            raise fault
        return real(*what, **more)

    return call


def goes_on(runtime: Runtime, good: int = 3) -> tuple[list[CycleResult], list[str]]:
    seen: list[CycleResult] = []
    stop = StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        seen.append(cycle_result)
        if len(seen) == good:
            stop()

    with capture_logs() as logs:
        loop(runtime, interval_s=0.02, cycles=60, stop=stop, watch=watch)
    return seen, [line["event"] for line in logs if line["event"].startswith("cycle.")]


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("reader.frame", BlockingIOError(errno.EAGAIN, "fork")),
        ("hosts.request", RuntimeError("can't start new thread")),
        ("ledger.transaction", FILES),
        ("delivery.submit", RuntimeError("can't start new thread")),
        ("tapes.keep", MemoryError()),
    ],
)
def test_an_error_anywhere_in_a_cycle_ends_that_cycle_alone_and_is_said_once(
    tmux_server: TmuxServer, tmp_path: Path, place: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime_over(tmux_server, tmp_path) as runtime:
        part, method = place.split(".")
        owner = runtime.hosts[MonitorRole.INCUMBENT] if part == "hosts" else getattr(runtime, part)
        monkeypatch.setattr(owner, method, failing(3, fault, getattr(owner, method)))
        seen, said = goes_on(runtime)
    assert len(seen) == 3
    assert said == ["cycle.failed", "cycle.well_again"]


def test_a_ledger_without_a_connection_costs_a_cycle_and_leaves_nothing_that_was_not_written(
    tmux_server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux_server.new_window("exec sleep 600", name="pm")
    with runtime_over(tmux_server, tmp_path, act=True) as runtime:
        no_connection = NoConnection("QueuePool limit of size 5 overflow 10 reached")
        monkeypatch.setattr(runtime.ledger, "transaction", failing(1, no_connection, runtime.ledger.transaction))
        monkeypatch.setattr(runtime.ledger, "document", failing(2, no_connection, runtime.ledger.document))
        goes_on(runtime)
        wanted = {row.id for row in runtime.ledger.deliveries()}
        assert {episode.pending for episode in runtime.loop_state.book.episodes.values()} <= wanted | {None}
        assert runtime.loop_state.book == LoopState.load(runtime.ledger).book


def test_what_was_written_and_not_handed_over_is_delivered_after_the_next_cycle(
    tmux_server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime_over(tmux_server, tmp_path) as runtime:
        resumed = list[int]()
        monkeypatch.setattr(runtime.delivery, "submit", failing(1, FILES, runtime.delivery.submit))
        monkeypatch.setattr(runtime.delivery, "resume", lambda: resumed.append(1))
        goes_on(runtime)
    assert resumed == [1]


@pytest.mark.parametrize("lasting", [ValueError("a bug"), FILES])
def test_a_trouble_that_lasts_is_tried_after_pauses_that_double(lasting: Exception) -> None:
    trouble = Trouble()
    with capture_logs() as logs:
        pauses = [trouble.happened(lasting, 10.0) for _ in range(5)]
    assert pauses == [20.0, 40.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    assert len(logs) == 1


def test_output_that_cannot_be_written_does_not_end_the_run(tmux_server: TmuxServer, tmp_path: Path) -> None:
    shown = list[str]()

    def full(cycle_result: CycleResult) -> None:
        shown.append(cycle_result.cycle)
        raise OSError(errno.ENOSPC, "No space left on device")

    with runtime_over(tmux_server, tmp_path) as runtime, capture_logs() as logs:
        assert loop(runtime, interval_s=0.02, cycles=3, stop=StopSignal(), watch=full) == 3
    assert len(shown) == 3
    assert [line["event"] for line in logs if line["event"].startswith("cycle.")] == ["cycle.not_shown"]


def test_once_says_what_it_was(tmux_server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with runtime_over(tmux_server, tmp_path) as runtime:
        monkeypatch.setattr(runtime.reader, "frame", failing(1, FILES, runtime.reader.frame))
        with pytest.raises(OSError, match="Too many"):
            loop(runtime, interval_s=0.02, cycles=1, stop=StopSignal(), watch=lambda _: None, strict=True)


def test_processes_that_cannot_be_read_for_want_of_files_have_not_ended(
    tmux_server: TmuxServer, tmp_path: Path
) -> None:
    pane_pid = os.getpid()
    with runtime_over(tmux_server, tmp_path) as runtime:
        loop(runtime, interval_s=0.02, cycles=1, stop=StopSignal(), watch=lambda _: None)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with _files_used_up(), pytest.raises(OSError, match="Too many open files"):
            runtime.reader._processes({pane_pid})
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)
        assert all(shot.processes for shot in runtime.reader.frame().panes)


@contextmanager
def _files_used_up() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert highest > 3
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_server_that_cannot_be_asked_for_want_of_files_was_not_seen(tmux_server: TmuxServer, tmp_path: Path) -> None:
    with (
        runtime_over(tmux_server, tmp_path) as runtime,
        _files_used_up(),
        pytest.raises(SourceFailed, match=r"Too many open files.*ulimit -n"),
    ):
        runtime.reader.frame()
