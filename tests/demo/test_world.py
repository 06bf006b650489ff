"""The demo's world on a real tmux server: what stands there, what is mended, and that nothing outlives the demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.faces.demo.demo_server import DemoServerFailed
from rollout.faces.demo.fleet import MANAGER, TEAMS, WORDS, make_fleet, names_that_meet
from rollout.faces.demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("shop", "mill", "port")
SMALL = [slot for slot in make_fleet(NAMES) if slot.window in {MANAGER, "qa", "engineer"}]
TIMEOUT_S = 10.0

SUPERVISED = """
import sys, time
from rollout.faces.demo.fleet import make_fleet
from rollout.faces.demo.world import World
with World([slot for slot in make_fleet(("shop", "mill", "port")) if slot.window == "backend"]) as world:
    print(world.folder, flush=True)
    time.sleep(60)
"""


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.03)


def processes_of(folder: Path) -> list[str]:
    """Command lines of whatever was started with this folder in its arguments or its environment."""
    name, found = str(folder).encode(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                argv, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:  # it ended, or is another user's
                continue
            if name in argv or name in environment:
                found.append(argv.replace(b"\0", b" ").decode(errors="replace"))
    return found


def tmux(world: World, *arguments: str) -> list[str]:
    command = ["tmux", "-u", "-S", str(world.socket_path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()


def test_the_cast_is_three_teams_with_a_manager_each_and_a_dozen_actors_or_more() -> None:
    windows = make_fleet(NAMES)
    assert {slot.session for slot in windows if slot.window == MANAGER} == set(NAMES)
    assert len(NAMES) == TEAMS == 3
    assert len(windows) >= 12
    assert len({(slot.session, slot.window) for slot in windows}) == len(windows)


def test_six_workers_cycle_through_idleness_and_more_through_crashes() -> None:
    parts = [slot.parts[-1] for slot in make_fleet(NAMES)]
    assert parts.count("steady") == 6
    assert parts.count("brittle") >= 6


def test_only_managers_windows_look_like_managers_to_the_incumbent() -> None:
    assert not [word for word in WORDS if "pm" in word or "manager" in word]
    assert not [slot.window for slot in make_fleet(NAMES) if slot.window != MANAGER and "pm" in slot.window]


@pytest.mark.parametrize("salt", range(5))
def test_the_names_meet_the_canary_in_every_run_of_slots(salt: int) -> None:
    def bucket_of(session: str, slot: int) -> int:
        return hash_of(f"{salt}:{session}:{slot}")

    names = names_that_meet(bucket_of)
    owned = {slot for slot in range(64) for name in names if bucket_of(name, slot) <= 5}
    assert len(set(names)) == TEAMS
    assert all(owned & set(range(start, start + 8)) for start in range(64 - 8 + 1))


def hash_of(text: str) -> int:
    import mmh3

    return mmh3.hash(text, signed=False) % 100 + 1


def test_names_are_given_even_where_none_meets_the_canary() -> None:
    assert len(names_that_meet(lambda _session, _slot: 100)) == TEAMS


def test_the_world_stands_and_goes_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/nowhere/at-all,1,0")  # as inside another tmux
    with World(make_fleet(NAMES)) as world:
        there = set(
            tmux(world, "list-windows", "-a", "-F", "#{session_name} #{window_name} #{pane_width}x#{pane_height}")
        )
        assert there == {f"{slot.session} {slot.window} 80x24" for slot in world.windows}
        assert world.dialog_keys == 0
        assert processes_of(world.folder)
    assert not world.folder.exists()
    wait_until(lambda: not processes_of(world.folder), f"left behind: {processes_of(world.folder)}")


def test_a_killed_window_is_opened_again_and_a_round_of_parts_has_an_index_of_its_own() -> None:
    slot = next(slot for slot in SMALL if len(slot.parts) == 2)
    only = ("-f", f"#{{==:#{{window_name}},{slot.window}}}")

    def seen(world: World) -> tuple[str, str] | None:
        for line in tmux(world, "list-windows", "-t", f"={slot.session}:", "-F", "#{window_index} #{pane_id}", *only):
            index, pane = line.split()
            return index, pane
        return None

    with World(SMALL) as world:
        indices = []
        for _ in range(3):
            now = seen(world)
            assert now is not None
            indices.append(now[0])
            tmux(world, "kill-window", "-t", now[1])
            wait_until(lambda: seen(world) is not None, "the window stayed away")
        assert indices[0] == indices[1] != indices[2]


def test_a_killed_server_is_set_up_again() -> None:
    with World(SMALL) as world:
        tmux(world, "kill-server")

        def is_back() -> bool:
            command = ["tmux", "-S", str(world.socket_path), "list-windows", "-a"]
            listed = subprocess.run(command, capture_output=True, check=False, timeout=10).stdout
            return len(listed.splitlines()) == len(SMALL)

        wait_until(is_back, "the server stayed away")


def test_keys_that_reach_a_dialog_are_told() -> None:
    with World([slot for slot in SMALL if slot.window == "engineer"]) as world:
        targets = tmux(world, "list-panes", "-a", "-F", "#{pane_id} #{session_name}")
        pane = next(line.split()[0] for line in targets if line.endswith("shop"))

        def asks() -> bool:
            return any("Do you want to proceed?" in line for line in tmux(world, "capture-pane", "-p", "-t", pane))

        wait_until(asks, "no dialog came up")
        tmux(world, "send-keys", "-t", pane, "-l", "xz")
        wait_until(lambda: world.dialog_keys == 2, "the keys were not counted")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_demo_that_is_ended_by(end: signal.Signals) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert demo.stdout is not None
    with demo.stdout:
        folder = Path(demo.stdout.readline().strip())
        assert processes_of(folder)
        os.kill(demo.pid, end)
        demo.wait(TIMEOUT_S)
    wait_until(lambda: not processes_of(folder), f"left behind: {processes_of(folder)}")
    wait_until(lambda: not folder.exists(), "the folder is still there")


def test_a_killed_supervisor_leaves_nothing_behind_either() -> None:
    with World(SMALL) as world:
        assert world._supervisor is not None
        world._supervisor.kill()
    assert not world.folder.exists()
    wait_until(lambda: not processes_of(world.folder), f"left behind: {processes_of(world.folder)}")


def test_without_tmux_the_world_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DemoServerFailed, match="install tmux"), World(SMALL):
        pass
