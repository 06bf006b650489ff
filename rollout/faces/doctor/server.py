"""Check the tmux server: whether it answers, its control-mode clients, and other monitors that may act on it."""

import subprocess
from collections.abc import Collection, Iterable, Iterator

import psutil  # type: ignore[import-untyped]  # it ships no types

from rollout.faces.doctor.findings import DoctorFinding, broken, note, well
from tmuxio.server.address import ServerAddress
from tmuxio.server.identity import identify
from tmuxio.server.sweep import leftovers
from understudy.failures import SourceFailed

_PATIENCE_S = 5
_OTHER_MONITORS = ("_run_monitoring_daemon", "idle-monitor", "idle_monitor", "tmux-orc monitor")
"""The command lines of the original monolith and its relatives in a process list."""


def server(address: ServerAddress) -> Iterator[DoctorFinding]:
    """Check the server and what is around it."""
    try:
        identity = identify(address, deadline_s=_PATIENCE_S)
    except SourceFailed as failure:
        fault, _, remedy = str(failure).partition(": ")
        yield broken("server", fault, remedy or "start a tmux server, or name its socket with --socket-path")
    else:
        yield well("server", f"{address} answers (process {identity.pid})")
        yield control_clients(_clients(address), leftovers(address))
    yield other_monitors(_processes())


def control_clients(clients: Iterable[tuple[str, int]], orphans: Collection[int] = ()) -> DoctorFinding:
    """Judge the control-mode clients, (name, process id) each; `orphans` are those that a run of ours left behind.

    Left over is also whose process is gone, and whom the server has not let go.
    """
    clients = list(clients)
    dead = [f"{name} (process {pid})" for name, pid in clients if pid in orphans or not psutil.pid_exists(pid)]
    if dead:
        return note(
            "control clients",
            f"left over: {', '.join(dead)}",
            "the next `understudy run` removes them, or `tmux detach-client -t`",
        )
    if clients:
        names = ", ".join(f"{name} (process {pid})" for name, pid in clients)
        return note("control clients", f"{names}: programs that read this server; users see them as attached clients")
    return well("control clients", "none left over")


def _clients(address: ServerAddress) -> Iterator[tuple[str, int]]:
    command = ("list-clients", "-F", "#{client_control_mode} #{client_pid} #{client_name}")
    done = subprocess.run(
        ["tmux", "-N", "-S", str(address.socket_path), *command],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PATIENCE_S,
        check=False,
    )
    for line in done.stdout.splitlines():
        control, _, rest = line.partition(" ")
        pid, _, name = rest.partition(" ")
        if control == "1" and pid.isdigit():
            yield name, int(pid)


def other_monitors(processes: Iterable[tuple[int, str]]) -> DoctorFinding:
    """Look among processes, (id, command line) each, for another monitor that may press keys of its own."""
    found = [f"{pid} ({line[:60]})" for pid, line in processes if any(word in line for word in _OTHER_MONITORS)]
    if found:
        return broken(
            "other monitors",
            f"process {', '.join(found)} looks like a monitor that acts on its own",
            "stop it before `understudy run --act`: two monitors that act tell every manager everything twice",
        )
    return well("other monitors", "none seen that acts on its own")


def _processes() -> Iterator[tuple[int, str]]:
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        # the words of an editor, a pager or a search for one of these names are no monitor
        if words and words[0].rsplit("/", 1)[-1].startswith(("python", "tmux-orc")):
            yield process.info["pid"], " ".join(words)
