"""`understudy diffs accept` and `settle`: a person's decision on a cluster or a bout, with its actor and reason."""

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, Final

from rollout.faces.cli.asking import confirm
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import clock_time, emit, note, say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.verbs.diffs import all_clusters, bouts_of, the_one
from rollout.faces.cli.verbs.fixtures import write_fixtures
from rollout.loop.decisions import ACCEPT, SETTLE, SETTLE_BOUT
from rollout.loop.monitor_role import MonitorRole
from rollout.store.ledger import DecisionRow, Ledger
from rollout.store.orders import operator
from shadow.bout import Bout
from shadow.clusters import Cluster
from shadow.differences import Severity
from shadow.labels import Right
from shadow.report.inert import one_line
from shadow.report.show import side_by_side
from shadow.rescoring import of_cluster, rescored
from understudy.record import instant_text

_MEMBERS: Final = 5
"""Bouts that are shown before a cluster in which acts differ is signed off."""
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min)")
_SECONDS: Final = {"d": 86400, "h": 3600, "min": 60}
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class SignOffOptions:
    """The actor and the reason."""

    reason: str
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class SignOffTerms:
    """A sign-off as it was asked for."""

    owner: str | None
    actor: str | None
    reason: str
    expires: str
    ceiling: float
    yes: bool


def accept(cluster: str, terms: SignOffTerms, socket_name: str | None, socket_path: Path | None) -> Exit:
    """Sign a cluster off until it expires, for the versions that play now, up to a ceiling."""
    now = round(time.time(), 6)
    expires = instant_of(terms.expires, now)
    with open_server_data(socket_name, socket_path) as found:
        row = the_one(cluster, all_clusters(found, now))
        if row.severity is Severity.ACTION:
            _show_members(found, row)
            if not terms.yes:
                confirm(f"Sign off {row.id}, in which actions differ?")
        actor = terms.actor or operator()
        body = {"owner": terms.owner or actor, "expires": instant_text(expires), "ceiling": terms.ceiling}
        body["actions"] = [*_actions(row)]
        playing = [f"{one.monitor} {one.version}" for part in MonitorRole if (one := found.report(part)) is not None]
        if len(playing) == len(MonitorRole):
            body["monitors"] = playing
        write_decision(found, DecisionRow(now, ACCEPT, row.id, actor, terms.reason, json.dumps(body)))
    say(f"Accepted {row.id} until {instant_text(expires)[:10]}, up to {terms.ceiling:.3g} of all bouts.")
    return Exit.OK


def settle(
    what: str,
    right: str,
    decision: SignOffOptions,
    socket_name: str | None,
    socket_path: Path | None,
    *,
    fixtures: Path | None = None,
    as_json: bool = False,
) -> Exit:
    """Settle a cluster or a bout; if the candidate is right, its screen becomes a test case."""
    if right not in set(Right):
        raise Stop(Exit.USAGE, f"--right {right}: name one of {', '.join(Right)}")
    now = round(time.time(), 6)
    body: dict[str, Any] = {"right": right}
    written: tuple[Path, ...] = ()
    with open_server_data(socket_name, socket_path) as found:
        if what.startswith("b-"):
            if found.ledger is None or found.ledger.bout(what) is None:
                raise Stop(
                    Exit.USAGE, f"there is no bout {what}. List some: `understudy diffs settle --sample 20 --json`"
                )
            kind, name = SETTLE_BOUT, what
        else:
            if not decision.reason:
                raise Stop(Exit.USAGE, "settling a cluster needs a reason for the history: --reason TEXT")
            row = the_one(what, all_clusters(found, now))
            kind, name = SETTLE, row.id
            body["actions"] = [*_actions(row)]
            if right == Right.CANDIDATE:
                written = write_fixtures(found, row, fixtures)
        write_decision(
            found, DecisionRow(now, kind, name, decision.actor or operator(), decision.reason, json.dumps(body))
        )
    if as_json:
        emit({"settled": name, "right": right, "fixtures": [str(path) for path in written]})
        return Exit.OK
    say(f"Settled {name}: {right} right.")
    for path in written:
        say(f"Test case written: {path}")
    return Exit.OK


def _actions(row: Cluster) -> list[str]:
    """Return the actions that the candidate alone wants in a cluster: what a decision on it is about."""
    wanted = {intent_key for one in row.kinds for intent_key in one.only_candidate_wants}
    return sorted(wanted | row.example.only_candidate_wants)


def write_decision(found: ServerData, row: DecisionRow) -> None:
    """Write one decision of an operator into the ledger; a run reads it in its next cycle."""
    ledger = Ledger(found.folder.ledger)
    try:
        with ledger.transaction() as tx:
            tx.add_decision(row)
    finally:
        ledger.close()


def instant_of(when: str, now: float) -> float:
    """Read `14d`, `12h`, `30min` from now, or a day or instant in UTC; raises `Stop` where it is neither, or past."""
    if span := _SPAN.fullmatch(when.strip()):
        return now + float(span[1]) * _SECONDS[span[2]]
    try:
        at = datetime.fromisoformat(when.strip())
    except ValueError:
        raise Stop(Exit.USAGE, f"--expires {when}: write 14d, 12h, or a day such as 2027-01-31") from None
    instant = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if instant <= now:
        raise Stop(Exit.USAGE, f"--expires {when}: is in the past; give a later time")
    return instant


def _show_members(found: ServerData, row: Cluster) -> None:
    """Show some bouts of a cluster, drawn at random: a person must have looked at it before signing it off."""
    members = [bout for bout in bouts_of(found) if bout.difference is not None and bout.difference.cluster == row.id]
    shown = SystemRandom().sample(members, min(_MEMBERS, len(members)))
    note(f"{row.id} changes actions. {len(shown)} of its {len(members)} bouts, drawn at random:")
    for bout in shown:
        _show(bout)
    then = rescored(bouts_of(found), of_cluster(row.id))
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
