"""`understudy freeze` and `unfreeze`: an order in a file, which the hands look for before each touch."""

from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import say
from rollout.faces.cli.where import named_folder
from rollout.store import orders
from rollout.store.orders import OrderKind, give, operator
from rollout.store.state_folder import StateFolder


def freeze(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Freeze the server that was named, or every one."""
    folder = named_folder(socket_name, socket_path)
    place = folder.path if folder else StateFolder.from_environment().root
    order = give(OrderKind.FREEZE, place, actor=actor or operator(), reason=reason)
    what = "that server" if folder else "every server"
    say(f"Frozen: on {what} nobody's intents reach tmux from now on; looking goes on. ({order.path})")
    say("Lift it with: understudy unfreeze")
    return Exit.OK


def unfreeze(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Lift the freeze of the server that was named, or every freeze there is."""
    state = StateFolder.from_environment()
    folder = named_folder(socket_name, socket_path)
    places = [folder.path] if folder else [state.root, *(server.path for server in state.all_servers())]
    who = actor or operator()
    lifted = [place for place in places if orders.unfreeze(place, actor=who, reason=reason)]
    if folder and (state.root / f"{OrderKind.FREEZE}.json").exists():
        say("Every server is frozen by one order; lift that with: understudy unfreeze")
    elif lifted:
        say("Unfrozen: the owner's intents reach tmux again, where a run acts.")
    else:
        say("Nothing was frozen.")
    return Exit.OK
