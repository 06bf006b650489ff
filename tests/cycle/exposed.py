"""An exposed rollout on a real tmux server: agents with composers, and the real loop under a plan of seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crash_driver import EASY, PLAN

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.rollout_status import Request, RequestKind
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.stage_controller import rollout_status
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from private_tmux import TmuxServer

    from rollout.loop.runtime import Runtime

AGENT = Path(__file__).parents[1] / "loop" / "small_agent.py"
HELD_PLAN = PLAN.model_copy(
    update={
        "review": True,
        "lease_s": 2.0,  # several cycles, also where a cycle takes a good part of a second
        "guardrails": {Guardrail.FAILURE: EASY},
        "stages": {stage: plan.model_copy(update={"person": True}) for stage, plan in PLAN.stages.items()},
    }
)
"""Nothing but failures, and what holds beside the evidence; only an operator moves the stage."""


def employ(server: TmuxServer, folder: Path, session: str, name: str) -> Path:
    """Start a small agent in a window; return the file with what was typed into it."""
    folder.mkdir(parents=True)
    program = folder / "claude"
    program.write_text(f"#!{sys.executable}\n{AGENT.read_text()}")
    program.chmod(0o700)
    pane = server.new_window(f"exec {program} {folder}", session=session, name=name)
    server.wait_for(pane, "? for shortcuts")
    return folder / "heard"


@contextmanager
def acting(server: TmuxServer, state: Path, incumbent: str, candidate: str) -> Iterator[Runtime]:
    """Open a run that acts, in shadow at first."""
    names = (f"tellers:{incumbent}", f"tellers:{candidate}")
    with open_runtime(Blueprint(server.address, StateFolder(state), *names, HELD_PLAN, act=True, gap_s=0.01)) as built:
        yield built


def promote(runtime: Runtime, stage: Stage) -> None:
    """Promote to a stage, as an operator."""
    while rollout_status(runtime.ledger).stage is not stage:
        runtime.controller.request(Request(RequestKind.PROMOTE, "ann", "a test", runtime.clock.now()))


def cycles(
    runtime: Runtime, until: Callable[[CycleResult], bool], most: int = 2000, each: Callable[[], None] = lambda: None
) -> CycleResult:
    """Run the real loop until a cycle is what is waited for; `each` is called after every one."""
    seen, stop = list[CycleResult](), StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        seen.append(cycle_result)
        each()
        if until(cycle_result):
            stop()

    loop(runtime, interval_s=0.05, cycles=most, stop=stop, watch=watch)
    assert until(seen[-1]), f"after {len(seen)} cycles: {seen[-1].rollout_status.stage}, {seen[-1].judgement}"
    return seen[-1]


def held_by(cycle_result: CycleResult, reason: str) -> bool:
    """Tell whether a reason of the judge begins so."""
    judgement = cycle_result.judgement
    return judgement is not None and any(text.startswith(reason) for text in judgement.reasons)
