"""`understudy diffs accept`: a person's sign-off of a cluster, after a look at its bouts."""

import json
import time
from dataclasses import dataclass
from random import SystemRandom
from typing import Annotated, Final

import typer

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.clusters import all_clusters, bouts_of, the_one
from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Actor, Reason, Yes
from rollout.faces.cli.output import clock_time, note, say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.sign_offs import actions_of, instant_of, write_decision
from rollout.faces.cli.verb import verb
from rollout.loop.decisions import ACCEPT
from rollout.loop.monitor_role import MonitorRole
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from shadow.bout import Bout
from shadow.clusters import Cluster
from shadow.differences import Severity
from shadow.report.inert import one_line
from shadow.report.show import side_by_side
from shadow.rescoring import of_cluster, rescored
from understudy.record import instant_text

_MEMBERS: Final = 5
"""Bouts that are shown before a cluster in which acts differ is signed off."""
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class SignOffTerms:
    """A sign-off as it was asked for."""

    owner: str | None
    actor: str | None
    reason: str
    expires: str
    ceiling: float
    yes: bool


@verb(
    "diffs accept",
    'diffs accept 3f2a91 --reason "meant so" --expires 14d --ceiling 0.05',
    'diffs accept 3f2a91 --owner team-a --reason "until 2.0 is out" --expires 2027-01-31 --yes',
)
def diffs_accept(
    cluster: Annotated[str, typer.Argument(metavar="ID", help="The cluster's id, or the beginning of it.")],
    *,
    reason: Reason,
    owner: Annotated[
        str | None, typer.Option(metavar="WHO", help="The owner of the sign-off; default: the actor.")
    ] = None,
    actor: Actor = None,
    expires: Annotated[
        str, typer.Option(metavar="WHEN", help="Expiry: a duration (14d, 12h) or a day (2027-01-31, UTC).")
    ] = "30d",
    ceiling: Annotated[
        float, typer.Option(min=0.0001, max=1.0, metavar="RATE", help="Valid up to this share of the bouts.")
    ] = 1.0,
    yes: Yes = False,
    server: ServerSelection,
) -> Exit:
    """Accept a cluster: its differences are explained and wait for no decision. Its spells are still scored.

    A sign-off ends when it expires, above its ceiling, and when another version of a monitor runs. A cluster in which
    an action differs shows five of its bouts, drawn at random, before it is signed off.
    """
    terms = SignOffTerms(owner=owner, actor=actor, reason=reason, expires=expires, ceiling=ceiling, yes=yes)
    return _accept(cluster, terms, server)


def _accept(cluster: str, terms: SignOffTerms, server: ServerSelection) -> Exit:
    """Sign a cluster off until it expires, for the versions that play now, up to a ceiling."""
    now = round(time.time(), 6)
    expires = instant_of(terms.expires, now)
    with open_server_data(server) as found:
        row = the_one(cluster, all_clusters(found, now))
        if row.severity is Severity.ACTION:
            _show_members(found, row)
            if not terms.yes:
                confirm(f"Sign off {row.id}, in which actions differ?")
        actor = terms.actor or operator()
        body = {"owner": terms.owner or actor, "expires": instant_text(expires), "ceiling": terms.ceiling}
        body["actions"] = [*actions_of(row)]
        playing = [f"{one.monitor} {one.version}" for part in MonitorRole if (one := found.report(part)) is not None]
        if len(playing) == len(MonitorRole):
            body["monitors"] = playing
        write_decision(found, DecisionRow(now, ACCEPT, row.id, actor, terms.reason, json.dumps(body)))
    say(f"Accepted {row.id} until {instant_text(expires)[:10]}, up to {terms.ceiling:.3g} of all bouts.")
    return Exit.OK


def _show_members(found: ServerData, row: Cluster) -> None:
    """Show some bouts of a cluster, drawn at random: a person must have looked at it before signing it off."""
    bouts = bouts_of(found)
    members = [bout for bout in bouts if bout.difference is not None and bout.difference.cluster == row.id]
    shown = SystemRandom().sample(members, min(_MEMBERS, len(members)))
    note(f"{row.id} changes actions. {len(shown)} of its {len(members)} bouts, drawn at random:")
    for bout in shown:
        _show(bout)
    then = rescored(bouts, of_cluster(row.id))
    note(
        f"Unexplained bouts with a differing action: {then.now.events} of {then.now.bouts}; without {row.id} "
        f"{then.would_have_been.events} of {then.would_have_been.bouts}. The referee still scores their spells."
    )


def _show(bout: Bout) -> None:
    if bout.difference is None:
        return
    decision = bout.label.reason if bout.label is not None else "not settled yet"
    note("")
    note(one_line(f"{clock_time(bout.began)}  pane {bout.pane}  window {bout.window}: {decision}"))
    for line in side_by_side(bout.difference, "incumbent", "candidate", _WIDTH):
        note(f"  {line}")
