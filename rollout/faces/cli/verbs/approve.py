"""`understudy approve`: what waits for a person, and a person's word on it."""

import time
from pathlib import Path
from typing import Final

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import ago, emit, note, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.loop.acting.episode import Escalation
from rollout.store.ledger import DecisionRow, Ledger
from rollout.store.orders import operator
from understudy.record import instant_text

_SHORTEST: Final = 8
"""Characters of an id by which a question may be named: `e-` and six digits."""


def waiting(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """List the acts that wait for a second monitor, oldest first."""
    now = time.time()
    with open_server_data(socket_name, socket_path) as found:
        questions, unasked = _questions(found, now), found.loop_state.book.unraised(now)
    if as_json:
        emit({"waiting": [question.model_dump(mode="json") for question in questions]})
        return Exit.OK
    if not questions:
        note("Nothing waits for a person.")
    table(
        (
            (one.episode, one.intent_key, one.pane or "", one.session, f"{ago(one.expires_at - now)} left", one.why)
            for one in questions
        ),
        header=("id", "intent_keys", "pane", "session", "", "why"),
    )
    for session, many in sorted(unasked.items()):
        note(f"{session}: {many} more would ask, but for the limit of open questions a session.")
    return Exit.OK


def approve_act(
    what: str, socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str, dry_run: bool
) -> Exit:
    """Put a person's key into the lock of one act; the loop turns it at its next cycle."""
    now = round(time.time(), 6)
    with open_server_data(socket_name, socket_path) as found:
        question = _the_one(what, _questions(found, now))
        if not reason.strip():
            raise Stop(Exit.USAGE, f"approving {question.episode} needs a reason for the audit trail: give --reason")
        who = actor or operator()
        place = question.pane or question.session
        if dry_run:
            say(f"Would approve {question.episode}: {question.intent_key} on {place}, by {who}")
            return Exit.OK
        ledger = Ledger(found.folder.ledger)
        try:
            with ledger.transaction() as tx:
                tx.add_decision(DecisionRow(at=now, kind="approve", subject=question.episode, actor=who, reason=reason))
        finally:
            ledger.close()
    until = instant_text(question.expires_at)
    say(f"Approved {question.episode}: {question.intent_key} on {place} (valid until {until}).")
    return Exit.OK


def _questions(found: ServerData, now: float) -> tuple[Escalation, ...]:
    return found.loop_state.book.escalations(now)


def _the_one(what: str, questions: tuple[Escalation, ...]) -> Escalation:
    matching = [one for one in questions if len(what) >= _SHORTEST and one.episode.startswith(what)]
    if len(matching) != 1:
        known = ", ".join(one.episode for one in questions) or "nothing waits"
        if matching:
            raise Stop(Exit.CONFLICT, f"more than one question begins with {what}: give more digits; waiting: {known}")
        raise Stop(Exit.CONFLICT, f"nothing called {what} waits for a person (it may have expired); waiting: {known}")
    return matching[0]
