"""`understudy run`: the loop in the foreground."""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog

from rollout.faces.cli.cycle_output import CycleOutput, JsonOutput, TextOutput
from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import note
from rollout.judgement.plan_file import find_plan
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop, stopped_by_signals
from rollout.loop.garbled import garbled_rows_named
from rollout.loop.tape_retention import Retention
from rollout.store.flags.choosing import chosen
from rollout.store.settings import Settings, load, surroundings
from rollout.store.state_folder import StateFolder
from tmuxio.redaction import quotable
from tmuxio.server.address import ServerAddress
from tmuxio.server.identity import identify


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line asks for."""

    flags: Mapping[str, Any]
    once: bool
    cycles: int | None
    as_json: bool


def run(asked: RunOptions) -> Exit:
    """Watch until stopped, or for so many cycles; OK whatever was found.

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
    stop = StopSignal()
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
            watch=_watcher(output),
            strict=asked.once,
        )
    if not asked.as_json:
        note(f"{done} cycles done. What they came to: understudy status, agents, diffs list, report")
    return Exit.OK


def _watcher(output: CycleOutput) -> Callable[[CycleResult], None]:
    told_of_nobody = False

    def watch(cycle_result: CycleResult) -> None:
        nonlocal told_of_nobody
        output.tell(cycle_result)
        if not told_of_nobody and not any(report.verdicts for report in cycle_result.reports.values()):
            told_of_nobody = True
            note(
                "No agent is to be seen on this server yet. An agent is a pane in which an agent CLI runs, "
                "or whose window is named like one (such as Claude-worker)."
            )

    return watch


def _greet(settings: Settings, address: ServerAddress) -> None:
    actuator = "acting" if settings.act else "watching only, nothing is pressed (--act changes that)"
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
