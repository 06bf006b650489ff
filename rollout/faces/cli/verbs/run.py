"""`understudy run`: the loop in the foreground."""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
import typer

from rollout.faces.cli.cycle_output import CycleOutput, JsonOutput, TextOutput
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Candidate, Incumbent, Json
from rollout.faces.cli.output import note
from rollout.faces.cli.verb import verb
from rollout.judgement.plan_file import find_plan
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop, stopped_by_signals
from rollout.loop.garbled import garbled_rows_named
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.tape_retention import Retention
from rollout.store.flags.choosing import chosen
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import Settings, load, surroundings
from rollout.store.state_folder import StateFolder
from tmuxio.redaction import quotable
from tmuxio.server.address import ServerAddress
from tmuxio.server.identity import identify


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of the command line."""

    flags: Mapping[str, Any]
    once: bool
    cycles: int | None
    as_json: bool


@verb(
    "run",
    "run                                 # watch the default server; no key is sent",
    "run --once --json                   # one cycle, as JSON",
    "run --cycles 50 --interval 1 --socket-path /tmp/s",
    "run --act                           # let the owner's intents reach tmux",
    "run --candidate mine.monitor:Mine   # your own monitor in the shadow",
)
def run(
    *,
    act: Annotated[bool | None, typer.Option("--act/--no-act", help="Act, or only watch (the default).")] = None,
    once: Annotated[bool, typer.Option("--once", help="Run one cycle, then exit.")] = False,
    cycles: Annotated[int | None, typer.Option(min=1, metavar="N", help="Run N cycles, then exit.")] = None,
    interval: Annotated[
        float | None, typer.Option(min=0.01, metavar="S", help="Seconds between the starts of two cycles.")
    ] = None,
    deadline: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Time limit in seconds of a monitor's reply.")
    ] = None,
    incumbent: Incumbent = None,
    candidate: Candidate = None,
    plan: Annotated[str | None, typer.Option(metavar="PLAN", help="default, demo, or a TOML file.")] = None,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Observe, compare and judge in the foreground; with --act, also act.

    Without --act no key is sent; `understudy status` counts the actions that were not done. Ctrl-C ends it after the
    cycle.
    """
    flags = {
        "act": act,
        "interval_s": interval,
        "deadline_s": deadline,
        "incumbent": incumbent,
        "candidate": candidate,
        "plan": plan,
        **server.flags,
    }
    return _run(RunOptions(flags=flags, once=once, cycles=cycles, as_json=as_json))


def _run(asked: RunOptions) -> Exit:
    """Run until stopped, or for so many cycles; OK whether or not differences were found.

    Raises what `open_runtime` does, and a `TmuxError` where there is no server to begin with: one that goes later is
    waited for.
    """
    settings = load(asked.flags).settings
    log_to_stderr(settings.log_level)
    address = ServerAddress.resolve(settings.socket_name, settings.socket_path)
    plan, flags = find_plan(settings.plan), chosen(settings)
    identify(address)
    blueprint = Blueprint(
        address=address,
        state=StateFolder.from_environment(),
        incumbent=settings.incumbent,
        candidate=settings.candidate,
        plan=plan,
        act=settings.act,
        deadline_s=settings.deadline_s,
        surroundings=surroundings(settings),
        spawn_command=settings.spawn_command,
        flags=flags,
        retention=Retention(settings.tapes_days, settings.tapes_mb, settings.tapes_sample),
        ledger_days=settings.ledger_days,
        redaction=settings.redaction,
    )
    output: CycleOutput = JsonOutput() if asked.as_json else TextOutput()
    stop, silent = StopSignal(), SilentMonitors()
    ledger = blueprint.state.of_server(address.socket_path).ledger
    with stopped_by_signals(stop), garbled_rows_named(ledger), open_runtime(blueprint) as runtime:
        if not asked.as_json:
            _greet(settings, address)
        cycles = 1 if asked.once else asked.cycles
        done = loop(
            runtime,
            interval_s=settings.interval_s,
            cycles=cycles,
            stop=stop,
            watch=_watcher(output, silent),
            strict=asked.once,
        )
    if done and silent.of:
        raise Stop(Exit.UNAVAILABLE, silent.sentence())
    if not asked.as_json:
        note(f"{done} cycles done. See the results with: understudy status, agents, diffs list, report")
    return Exit.OK


@dataclass
class SilentMonitors:
    """The monitors that were asked in a run and gave no report in any of its cycles."""

    of: dict[MonitorRole, str] = field(default_factory=dict)
    """Role -> the reason of its last failure."""
    _reported: set[MonitorRole] = field(default_factory=set)

    def add(self, cycle_result: CycleResult) -> None:
        """Enter one cycle."""
        self._reported |= set(cycle_result.reports)
        self.of = {
            role: why for role, why in (self.of | dict(cycle_result.problems)).items() if role not in self._reported
        }

    def sentence(self) -> str:
        """Name the monitors and their reasons: nothing was compared, which does not mean that nothing differs."""
        each = "; ".join(f"the {role} gave no report: {why}" for role, why in self.of.items())
        return f"{each}. Nothing was compared. Check the monitor with: understudy doctor"


def _watcher(output: CycleOutput, silent: "SilentMonitors") -> Callable[[CycleResult], None]:
    told_of_nobody = False

    def watch(cycle_result: CycleResult) -> None:
        nonlocal told_of_nobody
        output.tell(cycle_result)
        silent.add(cycle_result)
        if not told_of_nobody and not any(report.verdicts for report in cycle_result.reports.values()):
            told_of_nobody = True
            note(
                "No agent on this server yet. An agent is a pane in which an agent CLI runs, "
                "or whose window is named like one (such as Claude-worker)."
            )

    return watch


def _greet(settings: Settings, address: ServerAddress) -> None:
    actuator = "acting" if settings.act else "watch-only: no key is sent (--act changes that)"
    who = f"{settings.incumbent} is trusted, {settings.candidate} is on trial"
    note(f"{who}; every {settings.interval_s:g} s on {address}, {actuator}. Ctrl-C ends it after the cycle.")


def _quotable(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep secrets and control characters out of the log, whatever an event quotes."""
    return {key: quotable(value) if isinstance(value, str) else value for key, value in event.items()}


def log_to_stderr(level: str) -> None:
    """Write what the loop logs to standard error: for people on a terminal, JSON Lines elsewhere."""
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _quotable,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
