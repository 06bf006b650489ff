"""`understudy diffs show ID`: one page for whatever id a message names, told apart by how the id begins."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import typer

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.faces.cli.cluster_page import show_cluster
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import clock_time, emit, say
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.transitions import transition_document, transition_text
from rollout.faces.cli.verb import verb
from rollout.judgement.chain import Transition
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.decisions import DecisionKind
from rollout.loop.stage_controller import trail
from rollout.store.ledger import DeliveryRow, LedgerReader
from rollout.store.server_selection import ServerSelection
from shadow.bout import Bout
from shadow.grouping import seen_until
from shadow.referee.records import ScoredSpell
from shadow.report import show as in_full
from shadow.report.formatting import intents, verdict
from shadow.report.inert import one_line
from understudy.record import instant_text

_Row = TypeVar("_Row")
_WIDTH = 100
_SHORTEST_HEAD = 7
"""Digits of a hash by which a transition may be named."""


@dataclass(frozen=True, slots=True)
class Page:
    """One thing in full: for scripts and for people."""

    kind: str
    document: dict[str, Any]
    lines: tuple[str, ...]


@verb("diffs show", "diffs show 3f2a91", "diffs show b-3fa9c1d2e4f50617 --json")
def diffs_show(
    what: Annotated[
        str,
        typer.Argument(metavar="ID", help="A cluster, bout, spell, episode, delivery, or head of the audit trail."),
    ],
    *,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Show the record that has an id: a cluster, bout, spell, episode, delivery or transition.

    A cluster shows both monitors' verdicts side by side, with the pane's text.
    """
    with open_server_data(server) as found:
        if found.ledger is None:
            raise Stop(Exit.USAGE, f"There is no {what}. {NOTHING_YET}")
        page = _page(what, found, found.ledger)
        if page is None:
            return show_cluster(what, found, as_json=as_json)
    if as_json:
        emit({"kind": page.kind, page.kind: page.document})
    else:
        for line in page.lines:
            say(line)
    return Exit.OK


def _page(what: str, found: ServerData, ledger: LedgerReader) -> Page | None:
    """Find the page of an id; None where the id may be a cluster's."""
    pages: tuple[tuple[str, Callable[[str, ServerData, LedgerReader], Page]], ...] = (
        ("b-", _bout),
        ("s%", _spell),
        ("e-", _episode),
        ("u-", _delivery),
    )
    for begins, page in pages:
        if what.startswith(begins):
            return page(what, found, ledger)
    if len(what) >= _SHORTEST_HEAD:
        moves = [move for move in trail(ledger) if move.hash.startswith(what)]
        if len(moves) == 1:
            return _transition(moves[0])
    return None


def _bout(what: str, found: ServerData, ledger: LedgerReader) -> Page:
    row = ledger.bout(what) or _the_one(what, "bout", ledger.bouts_named(what), lambda one: one.id)
    bout = Bout.model_validate_json(row.body)
    spells = ledger.spells_beside(row.epoch, f"{bout.pane}/{bout.pid}", bout.began, seen_until(bout))
    shot = BoutScreens(found.folder.tapes).shot(bout)
    label = bout.label
    decided = f"{label.right} right, by {label.by}: {label.reason}" if label else "not decided yet"
    document = bout.model_dump(mode="json")
    document |= {"cluster": row.cluster, "spells": [one.id for one in spells], "screen": shot and shot.text}
    return Page(
        "bout",
        document,
        (
            one_line(f"bout {bout.id} of pane {bout.pane or '-'}, session {bout.session}, window {bout.window}"),
            f"{_span(bout.began, bout.ended)}, {bout.looks} looks",
            one_line(f"decided   {decided}"),
            f"cluster   {row.cluster or 'none: both agree'}",
            f"spells    {', '.join(one.id for one in spells) or 'none was scored'}",
            "",
            *(
                in_full(bout.difference, shot, width=_WIDTH).rstrip().split("\n")
                if bout.difference is not None
                else (f"both say {verdict(bout.incumbent)}; {intents(bout.incumbent)}",)
            ),
        ),
    )


def _spell(what: str, found: ServerData, ledger: LedgerReader) -> Page:
    del found
    row = ledger.spell(what) or _the_one(what, "spell", ledger.spells_named(what), lambda one: one.id)
    spell = ScoredSpell.model_validate_json(row.body)
    states = ", ".join(sorted(spell.named.states))
    ran = f"{spell.ran.cli} {spell.ran.version}" if spell.ran is not None else spell.agent
    document = spell.model_dump(mode="json") | {"epoch": row.epoch, "overruled": row.overruled}
    told = (
        f"told      {one.intent_key}: {'candidate silent' if one.silent else 'candidate too'}" for one in spell.told
    )
    return Page(
        "spell",
        document,
        (
            one_line(f"spell {spell.id} of pane {spell.pane} (pid {spell.pid}), session {spell.session}"),
            f"{_span(spell.began, spell.ended)}, {spell.looks} looks, agent {one_line(ran)}",
            f"named     {spell.named} ({states}), by rule {spell.rule}",
            f"incumbent {spell.incumbent}{_after(spell.incumbent_after_s)}",
            f"candidate {spell.candidate}{_after(spell.candidate_after_s)}",
            *told,
            *((f"duty      {spell.duty}",) if spell.duty else ()),
            *((one_line(f"overruled {row.overruled}: it is not scored"),) if row.overruled else ()),
        ),
    )


def _episode(what: str, found: ServerData, ledger: LedgerReader) -> Page:
    deliveries = [row for row in ledger.deliveries() if row.episode.startswith(what)]
    episodes = [one for one in found.loop_state.book.episodes.values() if one.id.startswith(what)]
    names = sorted({*(row.episode for row in deliveries), *(one.id for one in episodes)})
    name = _the_one(what, "episode", names, str)
    open_one = next(iter(episodes), None)
    approvals = [row for row in ledger.decisions(DecisionKind.APPROVE) if row.subject == name]
    document = {
        "id": name,
        "open": open_one is not None,
        "episode": open_one and open_one.model_dump(mode="json"),
        "deliveries": [_delivery_document(row) for row in deliveries],
        "approvals": [{"actor": row.actor, "reason": row.reason, "at": instant_text(row.at)} for row in approvals],
    }
    lines = [f"episode {name}, {'open' if open_one else 'closed'}"]
    if open_one is not None:
        where = open_one.pane or f"session {open_one.session}"
        lines.append(one_line(f"{open_one.intent_key} for {where}, since {clock_time(open_one.opened_at)}"))
        if open_one.why:
            lines.append(one_line(f"not done: {open_one.why}"))
    lines += [one_line(f"approved by {row.actor}: {row.reason}") for row in approvals]
    lines += [line for row in deliveries for line in _delivery_lines(row)]
    return Page("episode", document, tuple(lines))


def _delivery(what: str, found: ServerData, ledger: LedgerReader) -> Page:
    del found
    row = ledger.delivery(what) or _the_one(what, "delivery", ledger.deliveries(), lambda one: one.id)
    return Page("delivery", _delivery_document(row), _delivery_lines(row))


def _transition(move: Transition) -> Page:
    document = transition_document(move)
    return Page(
        "transition",
        document,
        (
            f"transition {move.hash}: {transition_text(move)}",
            one_line(f"{clock_time(move.at)} by {move.actor}: {move.reason}"),
            f"asked for {move.request}; revision {move.revision}, epoch {move.epoch}, state {move.state}",
            *(("", *json.dumps(move.evidence, indent=2).split("\n")) if move.evidence else ()),
        ),
    )


def _delivery_document(row: DeliveryRow) -> dict[str, Any]:
    body = json.loads(row.body)
    times = {"wanted_at": row.wanted_at, "claimed_at": row.claimed_at, "finished_at": row.finished_at}
    return {
        **{key: getattr(row, key) for key in ("id", "episode", "kind", "target", "status", "done", "why")},
        **{key: None if at is None else instant_text(at) for key, at in times.items()},
        "delivery": body,
    }


def _delivery_lines(row: DeliveryRow) -> tuple[str, ...]:
    because = f": {row.why}" if row.why else ""
    return (
        one_line(f"delivery {row.id}: {row.kind} to {row.target or '-'}, {row.status}{because}"),
        f"  wanted {clock_time(row.wanted_at)}, episode {row.episode}",
    )


def _the_one(what: str, kind: str, rows: Iterable[_Row], name: Callable[[_Row], str]) -> _Row:
    """Find the row whose id begins so; raises `Stop` where it is none, or more than one."""
    matching = [row for row in rows if name(row).startswith(what)]
    if len(matching) != 1:
        raise Stop(
            Exit.USAGE,
            f"more than one {kind} begins with {what}: give more digits"
            if matching
            else f"there is no {kind} {what}, or it is kept no longer",
        )
    return matching[0]


def _span(began: float, ended: float | None) -> str:
    return f"{clock_time(began)} to {clock_time(ended) if ended is not None else 'now'}"


def _after(seconds: float | None) -> str:
    return "" if seconds is None else f", said so after {seconds:.1f} s"
