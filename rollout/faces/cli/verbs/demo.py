"""`understudy demo`: the demonstration on a server of its own; its work is in `rollout.faces.demo`."""

from rollout.faces.cli.options import Json
from rollout.faces.cli.verb import verb
from rollout.faces.demo.run import demo as run_demo


@verb("demo", "demo", "demo --json | tail -n 1", with_server=False)
def demo(*, as_json: Json = False) -> int:
    """Run a whole migration, a regression and its rollback, with actors instead of agents.

    It runs on a private tmux server of its own, with scripted agents, and is gone at the end.
    """
    return run_demo(as_json=as_json)
