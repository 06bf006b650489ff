"""`understudy wait`: wait until the rollout has reached a stage or a verdict."""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.verb import verb
from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.plan import STAGES
from rollout.store.server_selection import ServerSelection

_EVERY_S = 0.5

Condition = Callable[[ServerData], bool]


@verb("wait", "wait --for promotable --timeout 3600", "wait --for stage=beta && echo half-way")
def wait(
    *,
    what: Annotated[str, typer.Option("--for", metavar="WHAT", help="promotable, or stage=NAME.")],
    timeout: Annotated[float, typer.Option(min=0.0, metavar="S", help="Give up after S seconds.")] = 3600.0,
    server: ServerSelection,
) -> Exit:
    """Wait until the rollout is promotable or has reached a stage.

    Ends with 4 if it is rolled back meanwhile, and with 75 after the timeout.
    """
    reached = condition(what)
    deadline = time.monotonic() + timeout
    while True:
        with open_server_data(server) as found:
            stage, state = found.rollout_status.stage, found.rollout_status.state
            if state is State.ROLLED_BACK:
                say(f"rolled back: {found.rollout_status.reason}")
                return Exit.ROLLED_BACK
            if reached(found):
                say(f"{what} ({stage})")
                return Exit.OK
        if time.monotonic() >= deadline:
            raise Stop(
                Exit.RETRY, f"timed out after {timeout:g} s: the rollout is in {stage} and has not reached {what}"
            )
        time.sleep(min(_EVERY_S, max(0.0, deadline - time.monotonic())))


def condition(what: str) -> Condition:
    """Parse the condition; raises `Stop` if it is not valid."""
    if what == "promotable":
        return lambda found: found.judgement is not None and found.judgement.verdict is Verdict.PROMOTABLE
    name = what.removeprefix("stage=")
    if what.startswith("stage=") and name in set(STAGES):
        beyond = {*STAGES[STAGES.index(Stage(name)) :], Stage.RETIRED}
        return lambda found: found.rollout_status.stage in beyond
    names = ", ".join(f"stage={stage}" for stage in STAGES)
    raise Stop(Exit.USAGE, f"--for {what}: wait for promotable, {names}")
