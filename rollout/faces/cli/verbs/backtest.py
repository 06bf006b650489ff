"""`understudy backtest`: the judge over a stored or piped stream of yes and no."""

import sys
from pathlib import Path

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import emit, table
from rollout.judgement.backtest import backtest as judge_stream
from rollout.judgement.plan_file import find_plan
from rollout.judgement.words import Stage


def backtest(stream: Path, stage: str, plan: str, *, as_json: bool) -> Exit:
    """Judge every run in the stream (`-` is standard input)."""
    if stage not in set(Stage):
        raise Stop(Exit.USAGE, f"--stage {stage}: name one of {', '.join(Stage)}")
    lines = sys.stdin.readlines() if str(stream) == "-" else stream.read_text(encoding="utf-8").splitlines()
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


def _line(number: int | None) -> str:
    return "-" if number is None else str(number)
