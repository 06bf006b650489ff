"""`understudy unfreeze`: take away the orders that stop all acting."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Actor, OrderReason
from rollout.faces.cli.output import note, say
from rollout.faces.cli.verb import verb
from rollout.store import orders
from rollout.store.orders import OrderKind, OrderNotLifted, operator, order_in_force
from rollout.store.server_selection import ServerSelection
from rollout.store.state_folder import StateFolder


@verb("unfreeze", "unfreeze", 'unfreeze --reason "looked, and all is well"')
def unfreeze(
    *,
    reason: OrderReason = "",
    actor: Actor = None,
    server: ServerSelection,
) -> Exit:
    """Lift a freeze: the owners' intents reach tmux again."""
    state = StateFolder.from_environment()
    folder = server.named_folder
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
        say("Still frozen by an order for every server. Lift it with: understudy unfreeze")
    elif lifted:
        say("Unfrozen: the owners' intents reach tmux again if the run acts (--act).")
    else:
        say("Nothing was frozen.")
    return Exit.OK
