"""`understudy bench`: the cost of a monitor's live cycles on a server, and tmux's own cost."""

import gc
import os
import resource
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.progress import Bar
from rollout.faces.cli.verb import verb
from rollout.loop.hosting.monitors import load, monitor_spec
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load as load_settings
from rollout.store.settings import surroundings
from tmuxio.reading.control_reader import ControlReader
from tmuxio.reading.tmux_baseline import TmuxBaseline
from tmuxio.server.address import ServerAddress
from tmuxio.server.identity import identify
from tmuxio.sources import LibtmuxSource, ServerSource
from understudy.clock import SystemClock
from understudy.outcomes import EVERYTHING


@dataclass(frozen=True, slots=True)
class BenchFigures:
    """The measurements: seconds, megabytes, screens read or spared (None where the source does not count)."""

    monitor: str
    agents: int
    cycles: int
    cycle_s: dict[str, float]
    tmux_s: dict[str, float]
    engine_cpu_s: float
    tmux_cpu_s: float
    rss_mb: float
    captures: int | None
    captures_saved: int | None


@verb("bench", "bench -S /tmp/s", "bench --monitor legacy --cycles 3 --json")
def bench(
    *,
    monitor: Annotated[str, typer.Option(metavar="MONITOR", help="A name, or module:Class.")] = "modular",
    cycles: Annotated[int, typer.Option(min=1, metavar="N", help="Number of timed cycles.")] = 20,
    interval: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two cycles.")] = 0.5,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Measure the time of a monitor's cycles on a live server, and tmux's own cost.

    It only reads: no key is sent, and nothing is written.
    """
    spec = monitor_spec(monitor)
    if spec.program is not None:
        raise Stop(Exit.USAGE, f"`{monitor}` is a program of its own: name a monitor, or module:Class")
    os.environ.update(surroundings(load_settings().settings))
    figures = measure(monitor, server.address, cycles, interval)
    if as_json:
        emit(asdict(figures))
    else:
        _tell(figures)
    return Exit.OK


def measure(monitor: str, address: ServerAddress, cycles: int, interval_s: float) -> BenchFigures:
    """Measure a monitor in this process on a live server; raises `UnknownMonitor` and `TmuxError`s."""
    made, kind = load(monitor_spec(monitor))
    gc.freeze()  # as the process of a monitor does
    server, clock = identify(address).pid, SystemClock()
    walls: list[float] = []
    baselines: list[float] = []
    engine_s = tmux_s = 0.0
    with (
        closing(ControlReader(address)) as watch,
        closing(TmuxBaseline(address)) as baseline,
        Bar("cycles", cycles) as bar,
    ):
        source = LibtmuxSource(address, clock) if kind == "windows" else ServerSource(watch, clock)
        report = made.cycle("bench", source, clock, EVERYTHING, ())
        captures, spared = watch.captures, watch.spared
        for _ in range(cycles):
            clock.sleep(interval_s / 2)
            began, engine, tmux = time.perf_counter(), _own_cpu_s(), _cpu_s(server)
            report = made.cycle("bench", source, clock, EVERYTHING, ())
            walls.append(time.perf_counter() - began)
            engine_s += _own_cpu_s() - engine
            tmux_s += _cpu_s(server) - tmux
            clock.sleep(interval_s / 2)  # after a pause tmux and its caches remember as little of either
            baselines.append(baseline.seconds())
            bar.step()
    counted = kind != "windows"
    return BenchFigures(
        monitor=made.name,
        agents=len(report.verdicts),
        cycles=cycles,
        cycle_s={"median": round(median(walls), 6), "p95": round(_p95(walls), 6)},
        tmux_s={"median": round(median(baselines), 6)},
        engine_cpu_s=round(engine_s, 6),
        tmux_cpu_s=round(tmux_s, 6),
        rss_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        captures=watch.captures - captures if counted else None,
        captures_saved=watch.spared - spared if counted else None,
    )


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def _own_cpu_s() -> float:
    """CPU seconds of this process so far, and of the clients that it started."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _cpu_s(pid: int) -> float:
    """CPU seconds of a process with one thread so far, to the nanosecond; 0 where the kernel does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _tell(figures: BenchFigures) -> None:
    cycle, baseline = figures.cycle_s, figures.tmux_s["median"]
    say(f"{figures.monitor}: {figures.cycles} cycles of {figures.agents} agents")
    say(f"  a cycle    {cycle['median'] * 1000:.2f} ms (median), {cycle['p95'] * 1000:.2f} ms (95 of 100 are faster)")
    say(f"  tmux       {baseline * 1000:.2f} ms: tmux's own cost of listing the panes and of drawing every screen")
    say(f"  CPU        {figures.engine_cpu_s:.3f} s here, {figures.tmux_cpu_s:.3f} s in tmux; {figures.rss_mb:.0f} MB")
    if figures.captures is not None:
        say(f"  captures   {figures.captures} made, {figures.captures_saved} saved")
