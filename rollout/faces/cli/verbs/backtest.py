"""`understudy backtest`: the judge over a stored or piped stream of events, or over the ledger's evidence."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, note, say, table
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.transitions import transition_text
from rollout.faces.cli.verb import verb
from rollout.judgement.backtest import backtest as judge_stream
from rollout.judgement.backtest import looks as judge_looks
from rollout.judgement.enums import Stage, percent
from rollout.judgement.headline import NOTHING_YET
from rollout.judgement.plan import Plan
from rollout.judgement.plan_file import find_plan
from rollout.loop.reproducing import Reproduction, reproduced
from rollout.store.server_selection import ServerSelection


@verb(
    "backtest",
    "backtest --stream bouts.jsonl --stage canary",
    "backtest --stream - --json < bouts.jsonl",
    "backtest --stream bouts.jsonl --looks   # line by line",
    "backtest                                # judge the moves in the ledger again",
)
def backtest(
    *,
    stream: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="JSON Lines of guardrail and event; - is standard input; default: the ledger."
        ),
    ] = None,
    looks: Annotated[
        bool, typer.Option("--looks", help="Show the result after every line, not only the last.")
    ] = False,
    stage: Annotated[str, typer.Option(metavar="STAGE", help="The stage to judge as.")] = "canary",
    plan: Annotated[str, typer.Option(metavar="PLAN", help="default, demo, or a TOML file.")] = "default",
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Judge a recorded stream of evidence: the verdicts, and when they were reached.

    Without a stream every promotion and rollback is judged again from the ledger alone; the result must be the same.
    """
    if stream is None:
        return _of_ledger(server, as_json=as_json)
    return _of_stream(stream, stage, plan, looks=looks, as_json=as_json)


def _of_stream(stream: Path, stage: str, plan: str, *, looks: bool = False, as_json: bool) -> Exit:
    """Judge every run in the stream (`-` is standard input)."""
    if stage not in set(Stage):
        raise Stop(Exit.USAGE, f"--stage {stage}: name one of {', '.join(Stage)}")
    lines = sys.stdin.readlines() if str(stream) == "-" else stream.read_text(encoding="utf-8").splitlines()
    if looks:
        return _looks(lines, Stage(stage), find_plan(plan), as_json=as_json)
    results = judge_stream(lines, Stage(stage), find_plan(plan))
    if as_json:
        for result in results:
            emit(result.model_dump(mode="json"))
    else:
        rows = (
            (
                str(one.run if one.run is not None else "-"),
                one.verdict,
                _line(one.rollback_at),
                _line(one.promotable_at),
            )
            for one in results
        )
        table(rows, header=("run", "verdict", "rollback at", "promotable at"))
    return Exit.OK


def _of_ledger(server: ServerSelection, *, as_json: bool) -> Exit:
    """Judge every move of the judge again, from the ledger alone; CONFLICT where one does not come out the same."""
    with open_server_data(server) as found:
        moves = tuple(reproduced(found.ledger)) if found.ledger else ()
    if as_json:
        emit({"moves": [_as_json(one) for one in moves]})
    elif not moves:
        note("No move rests on evidence yet: nothing to judge again." if found.ledger else NOTHING_YET)
    else:
        for one in moves:
            same = "as written down" if not one.differs else f"NOT as written down: {', '.join(one.differs)}"
            say(f"{transition_text(one.move)}: {one.observations} observations say {one.verdict}, {same}")
    if changed := [transition_text(one.move) for one in moves if one.differs]:
        raise Stop(Exit.CONFLICT, f"the evidence in the ledger is not what was judged: {'; '.join(changed)}")
    return Exit.OK


def _looks(lines: Iterable[str], stage: Stage, plan: Plan, *, as_json: bool) -> Exit:
    found = judge_looks(lines, stage, plan)
    if as_json:
        for look in found:
            emit(look.model_dump(mode="json"))
        return Exit.OK
    rows = (
        (
            str(look.run if look.run is not None else "-"),
            str(look.line),
            f"{look.guardrail} in {look.stratum}" if look.stratum else str(look.guardrail),
            "event" if look.event else "clean",
            f"{look.e_value:.3g} of {look.limit:.3g}",
            f"{look.spent:.0%}",
            f"< {percent(look.bound)}",
            str(look.needed),
            str(look.verdict),
        )
        for look in found
    )
    table(rows, header=("run", "line", "counts for", "", "e-value", "spent", "shown", "more clean", "verdict"))
    return Exit.OK


def _as_json(one: Reproduction) -> dict[str, object]:
    return {
        "from": one.move.from_,
        "to": one.move.to,
        "hash": one.move.hash,
        "observations": one.observations,
        "verdict": one.verdict,
        "same": not one.differs,
        "differs": list(one.differs),
    }


def _line(number: int | None) -> str:
    return "-" if number is None else str(number)
