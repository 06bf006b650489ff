"""`understudy approve`: the actions that wait for approval, and the approval of one."""

import time
from typing import Annotated, Final

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import Actor, DecisionOptions, DryRun, Json, Reason, Yes
from rollout.faces.cli.output import ago, emit, note, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.sign_offs import write_decision
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.loop.acting.episode import Escalation
from rollout.loop.decisions import DecisionKind
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from understudy.record import instant_text

_SHORTEST: Final = 8
"""Characters of an id by which a question may be named: `e-` and six digits."""


@verb(
    "approve", "approve                             # list what waits", 'approve e-7f3a19 --reason "looked at the pane"'
)
def approve(
    what: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The action to approve; without ID the open questions are listed."),
    ] = None,
    *,
    reason: Reason = "",
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Approve an action that waits for both monitors, or approve a promotion.

    With an ID: that action. With only a reason: the promotion that needs a person by the plan. With neither: a list.
    """
    if what is None and reason:
        return move(RequestKind.APPROVE, DecisionOptions(reason, actor, yes=yes, dry_run=dry_run), server)

    if what is None:
        return _waiting(server, as_json=as_json)
    return _approve_act(what, server, actor=actor, reason=reason, dry_run=dry_run)


def _waiting(server: ServerSelection, *, as_json: bool) -> Exit:
    """List the actions that wait for a second monitor, oldest first."""
    now = time.time()
    with open_server_data(server) as found:
        questions, unasked = _questions(found, now), found.loop_state.book.unraised(now)
    if as_json:
        emit({"waiting": [question.model_dump(mode="json") for question in questions]})
        return Exit.OK
    if not questions:
        note("No action waits for approval.")
    table(
        (
            (one.episode, one.intent_key, one.pane or "", one.session, f"{ago(one.expires_at - now)} left", one.why)
            for one in questions
        ),
        header=("id", "action", "pane", "session", "", "why"),
    )
    for session, many in sorted(unasked.items()):
        note(f"{session}: {many} more actions wait: the limit of open questions in this session is reached.")
    return Exit.OK


def _approve_act(what: str, server: ServerSelection, *, actor: str | None, reason: str, dry_run: bool) -> Exit:
    """Record a person's approval of one action; the next cycle of the run carries it out."""
    now = round(time.time(), 6)
    with open_server_data(server) as found:
        question = _the_one(what, _questions(found, now))
        if not reason.strip():
            raise Stop(Exit.USAGE, f"approving {question.episode} needs a reason for the audit trail: give --reason")
        who = actor or operator()
        place = question.pane or question.session
        if dry_run:
            say(f"Would approve {question.episode}: {question.intent_key} on {place}, by {who}")
            return Exit.OK
        write_decision(
            found, DecisionRow(at=now, kind=DecisionKind.APPROVE, subject=question.episode, actor=who, reason=reason)
        )
    until = instant_text(question.expires_at)
    say(f"Approved {question.episode}: {question.intent_key} on {place} (valid until {until}).")
    return Exit.OK


def _questions(found: ServerData, now: float) -> tuple[Escalation, ...]:
    return found.loop_state.book.escalations(now)


def _the_one(what: str, questions: tuple[Escalation, ...]) -> Escalation:
    matching = [one for one in questions if len(what) >= _SHORTEST and one.episode.startswith(what)]
    if len(matching) != 1:
        known = ", ".join(one.episode for one in questions) or "none"
        if matching:
            raise Stop(Exit.CONFLICT, f"more than one id begins with {what}: give more digits; waiting: {known}")
        raise Stop(Exit.CONFLICT, f"no action {what} waits for approval (it may have expired); waiting: {known}")
    return matching[0]
