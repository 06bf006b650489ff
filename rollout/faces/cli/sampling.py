"""`understudy diffs settle --sample N`: a person judges bouts drawn at random, unsettled and agreeing ones."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from random import SystemRandom
from typing import Final

import typer

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.faces.cli.clusters import bouts_of
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.formatting import side_text
from rollout.faces.cli.output import ago, emit, note, person_looks, say
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.sign_offs import SignOffOptions, write_decision
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.decisions import SETTLE_BOUT
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from shadow.bout import Bout
from shadow.labels import Right
from shadow.report.inert import fit, one_line
from shadow.sampling import sample, worth_asking
from understudy.screens import PaneShot

_WIDTH: Final = 100
_KEYS: Final = {"i": Right.INCUMBENT, "c": Right.CANDIDATE, "b": Right.BOTH, "n": Right.NEITHER}

Drawn = Sequence[tuple[Bout, PaneShot | None]]


def review_sample(
    count: int,
    seed: int | None,
    decision: SignOffOptions,
    server: ServerSelection,
    *,
    as_json: bool,
) -> Exit:
    """Draw, and ask one by one; as JSON only the sample, which scripts answer with `settle b-... --right WHO`."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    with open_server_data(server) as found:
        if found.ledger is None:
            note(NOTHING_YET)
            return Exit.OK
        asked = {row.subject for row in found.ledger.decisions(SETTLE_BOUT)}
        screens = BoutScreens(found.folder.tapes)
        sampled = sample((bout for bout in worth_asking(bouts_of(found), asked) if screens.may_have(bout)), count, seed)
        drawn = [(bout, screens.shot(bout)) for bout in sampled]
        if as_json:
            emit({"seed": seed, "sample": [_as_document(bout, shot) for bout, shot in drawn]})
            return Exit.OK
        if not drawn:
            note("There is no bout to review: each difference is settled, or its tapes are deleted.")
            return Exit.OK
        if not sys.stdin.isatty():
            raise Stop(
                Exit.USAGE,
                "there is no terminal to answer on: print the sample with --json, then `settle b-... --right WHO`",
            )
        answers = _ask(drawn)
        for bout, right in answers:
            fields = (SETTLE_BOUT, bout.id, decision.actor or operator(), decision.reason or f"drawn with seed {seed}")
            write_decision(
                found, DecisionRow(round(time.time(), 6), *fields, json.dumps({"right": right, "seed": seed}))
            )
    say(f"{len(answers)} of {len(drawn)} answered; the next cycle takes their spells out of the scoring.")
    return Exit.OK


def _ask(drawn: Drawn) -> list[tuple[Bout, Right]]:
    answers: list[tuple[Bout, Right]] = []
    for number, (bout, shot) in enumerate(drawn, 1):
        _show(f"{number} of {len(drawn)}", bout, shot)
        prompt = "Who is right? [i]ncumbent [c]andidate [b]oth [n]either [s]kip [q]uit"
        key = typer.prompt(prompt, default="s").strip().lower()[:1]
        if key == "q":
            break
        if key in _KEYS:
            answers.append((bout, _KEYS[key]))
    return answers


def _show(place: str, bout: Bout, shot: PaneShot | None) -> None:
    width = shutil.get_terminal_size().columns if person_looks() else _WIDTH
    lasted = ago((bout.ended or bout.settled_at or bout.began) - bout.began)
    say()
    say(one_line(f"{place}: {bout.id}, {bout.window} in {bout.session}, agent {bout.agent}, {lasted}"))
    if shot is None:
        say("  (no tape shows it)")
    for line in shot.text.rstrip("\n").split("\n") if shot is not None else ():
        say(f"  {fit(line, width - 4).rstrip()}")
    for name, side in (("incumbent", bout.incumbent), ("candidate", bout.candidate)):
        say(one_line(f"  {name}: {side_text(side)}, by {side.rule or 'no rule'}"))


def _as_document(bout: Bout, shot: PaneShot | None) -> dict[str, object]:
    keys = {"id", "pane", "session", "window", "agent", "began", "ended", "agrees", "incumbent", "candidate", "label"}
    return {**bout.model_dump(mode="json", include=keys), "screen": shot and shot.text}
