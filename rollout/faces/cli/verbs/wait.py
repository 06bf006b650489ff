"""`understudy wait`: until the rollout has come so far."""

import time
from collections.abc import Callable
from pathlib import Path

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.plan import STAGES

_EVERY_S = 0.5

Condition = Callable[[ServerData], bool]


def wait(what: str, timeout_s: float, socket_name: str | None, socket_path: Path | None) -> Exit:
    """Look twice a second; ROLLED_BACK where it was, RETRY when the time is over."""
    reached = condition(what)
    deadline = time.monotonic() + timeout_s
    while True:
        with open_server_data(socket_name, socket_path) as found:
            stage, state = found.rollout_status.stage, found.rollout_status.state
            if state is State.ROLLED_BACK:
                say(f"rolled back: {found.rollout_status.reason}")
                return Exit.ROLLED_BACK
            if reached(found):
                say(f"{what} ({stage})")
                return Exit.OK
        if time.monotonic() >= deadline:
            raise Stop(Exit.RETRY, f"after {timeout_s:g} s the rollout is in {stage} and not yet {what}")
        time.sleep(min(_EVERY_S, max(0.0, deadline - time.monotonic())))


def condition(what: str) -> Condition:
    """Read what is waited for; raises `Stop` for what is nothing to wait for."""
    if what == "promotable":
        return lambda found: found.judgement is not None and found.judgement.verdict is Verdict.PROMOTABLE
    name = what.removeprefix("stage=")
    if what.startswith("stage=") and name in set(STAGES):
        beyond = {*STAGES[STAGES.index(Stage(name)) :], Stage.RETIRED}
        return lambda found: found.rollout_status.stage in beyond
    names = ", ".join(f"stage={stage}" for stage in STAGES)
    raise Stop(Exit.USAGE, f"--for {what}: wait for promotable, {names}")
