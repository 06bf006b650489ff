"""Runs the real loop until it is killed, or for so many cycles: `crash_driver.py SOCKET STATE [CYCLES]`."""

import sys
import time
from pathlib import Path

from rollout.judgement.enums import Guardrail
from rollout.judgement.plan import GuardrailLimits, Minimums
from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.daemon import StopSignal, loop
from rollout.store.state_folder import StateFolder
from tmuxio.server.address import ServerAddress

EASY = GuardrailLimits(unsafe=0.4, promote=0.5)
"""A handful of clean bouts promote: a run of 200 cycles goes through every stage."""
PLAN = DEMO_PLAN.model_copy(
    update={
        # its panes run no agent, so the referee has no spells to score
        "guardrails": dict.fromkeys((Guardrail.LIVE_MISMATCH, Guardrail.FAILURE), EASY),
        "states": {},
        "minimums": Minimums(panes=0, sessions=0),
        "settle_after_s": 0.2,
        "settle_latest_s": 2.0,
        "repeat_s": 0.1,
        "lease_s": 1.0,
        "windows": DEMO_PLAN.windows.model_copy(update={"notice_s": 0.1, "draft_s": 0.1, "kill_s": 0.1}),
    }
)

if __name__ == "__main__":
    socket, state, *count = sys.argv[1:]
    blueprint = Blueprint(
        ServerAddress(Path(socket)), StateFolder(Path(state)), "eager:Eager", "eager:Eager", PLAN, act=True, gap_s=0.01
    )
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with open_runtime(blueprint) as runtime:
        runtime.delivery._patience_s = 1.0  # type: ignore[attr-defined]  # two minutes are for people
        cycles = int(count[0]) if count else None
        say = sys.stdout.write
        loop(
            runtime,
            interval_s=0.05,
            cycles=cycles,
            stop=StopSignal(),
            watch=lambda cycle_result: say(f"{cycle_result.cycle}\n") and None,
        )
        while not runtime.delivery.idle():  # what is queued when a run ends stays wanted, for a next start
            time.sleep(0.01)
