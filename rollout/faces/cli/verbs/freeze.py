"""`understudy freeze` and `unfreeze`: an order in a file, which the actuator looks for before each touch."""

from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import note, say
from rollout.faces.cli.server_selection import named_folder
from rollout.faces.cli.verbs.orders_failed import say_not_done
from rollout.store import orders
from rollout.store.orders import OrderKind, OrderNotGiven, OrderNotLifted, give, operator, order_in_force
from rollout.store.state_folder import StateFolder


def freeze(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Freeze the server that was named, or every one."""
    folder, state = named_folder(socket_name, socket_path), StateFolder.from_environment()
    place = folder.path if folder else state.root
    try:
        order = give(OrderKind.FREEZE, place, actor=actor or operator(), reason=reason)
    except OrderNotGiven as failure:
        say_not_done("NOT frozen", failure, (folder,) if folder else state.all_servers())
        return Exit.NOT_ORDERED
    what = "that server" if folder else "every server"
    say(f"Frozen: on {what} nobody's intents reach tmux from now on; looking goes on. ({order.path})")
    if order.path.parent != place:
        note(f"{place} could not be written; the order lies in {order.path.parent}, which ends with the machine.")
    say("Lift it with: understudy unfreeze")
    return Exit.OK


def unfreeze(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Lift the freeze of the server that was named, or every freeze there is."""
    state = StateFolder.from_environment()
    folder = named_folder(socket_name, socket_path)
    everywhere = (state.root, *(one.path for one in state.all_servers()), *orders.servers_in_second_places(state.root))
    places = (folder.path,) if folder else everywhere
    who, lifted, stays = actor or operator(), False, list[str]()
    for place in places:
        try:
            lifted = orders.unfreeze(place, actor=who, reason=reason) or lifted
        except OrderNotLifted as failure:
            stays.append(str(failure.strerror))
    if stays:
        note(f"understudy: STILL frozen: the order cannot be removed ({'; '.join(stays)}). Remove that file by hand.")
        return Exit.NOT_ORDERED
    if folder and order_in_force(OrderKind.FREEZE, state.root):
        say("Every server is frozen by one order; lift that with: understudy unfreeze")
    elif lifted:
        say("Unfrozen: the owner's intents reach tmux again, where a run acts.")
    else:
        say("Nothing was frozen.")
    return Exit.OK
