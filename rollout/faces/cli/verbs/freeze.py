"""`understudy freeze`: an order in a file, which the actuator checks before each delivery."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Actor, OrderReason
from rollout.faces.cli.orders_failed import say_not_done
from rollout.faces.cli.output import note, say
from rollout.faces.cli.verb import verb
from rollout.store.orders import OrderKind, OrderNotGiven, give, operator
from rollout.store.server_selection import ServerSelection
from rollout.store.state_folder import StateFolder


@verb("freeze", "freeze", 'freeze --reason "pager at 3 a.m."', "freeze --socket-name work   # that server only")
def freeze(
    *,
    reason: OrderReason = "",
    actor: Actor = None,
    server: ServerSelection,
) -> Exit:
    """Stop acting at once, everywhere; observation goes on.

    Needs no daemon, server, database or valid configuration.
    """
    folder, state = server.named_folder, StateFolder.from_environment()
    place = folder.path if folder else state.root
    try:
        order = give(OrderKind.FREEZE, place, actor=actor or operator(), reason=reason)
    except OrderNotGiven as failure:
        say_not_done("NOT frozen", failure, (folder,) if folder else state.all_servers())
        return Exit.NOT_ORDERED
    what = "that server" if folder else "every server"
    say(f"Frozen: on {what} no intent reaches tmux from now on; observation goes on. ({order.path})")
    if order.path.parent != place:
        note(
            f"{place} could not be written. The order is in {order.path.parent} and is lost when this machine restarts."
        )
    say("Lift it with: understudy unfreeze")
    return Exit.OK
