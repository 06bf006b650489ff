"""One difference in full: both verdicts side by side, and the pane's text with the lines that made them fire."""

from collections.abc import Iterable
from itertools import zip_longest

from shadow.differences import Difference, Side
from shadow.report import formatting
from shadow.report.inert import cells, fit, one_line
from understudy.screens import PaneShot

_BOTH = {(True, False): "<", (False, True): ">", (True, True): "="}
_FIRED = 12
"""Lines that made a verdict fire, as far as they are told."""


def show(
    difference: Difference,
    shot: PaneShot | None = None,
    *,
    ours: str = "incumbent",
    theirs: str = "candidate",
    width: int = 80,
) -> str:
    """Write one difference in lines of at most `width` cells.

    Args:
        difference: What to show.
        shot: The pane as both saw it; None where its tape was not kept.
        ours: What to call the incumbent.
        theirs: What to call the candidate.
        width: Cells.
    """
    where = f"pane {difference.pane} (pid {difference.pid})" if difference.pane else "the whole session"
    window = f", window {difference.window}" if difference.window else ""
    lines = [
        f"{difference.cluster}  {difference.severity} differs, class {difference.klass}",
        f"{where}, session {difference.session}{window}, agent {difference.agent}",
        *([f"expected: {difference.expected}"] if difference.expected else []),
        "",
        *side_by_side(difference, ours, theirs, width),
        "",
        *(f"  {c.path}: {c.incumbent or 'nothing'} -> {c.candidate or 'nothing'}" for c in difference.changes),
    ]
    if shot is not None:
        lines += ["", f"the pane ({_legend(ours, theirs)})", *marked(difference, shot)]
    return "\n".join(fit(line, width).rstrip() for line in lines) + "\n"


def side_by_side(difference: Difference, ours: str, theirs: str, width: int) -> list[str]:
    """Write two verdicts as two columns: state, rule, intents, and the lines that fired."""
    half = (width - 3) // 2
    left, right = _column(ours, difference.incumbent, half), _column(theirs, difference.candidate, half)
    return [f"{fit(one, half)} | {fit(two, half)}".rstrip() for one, two in zip_longest(left, right, fillvalue="")]


def marked(difference: Difference, shot: PaneShot) -> list[str]:
    """Write a pane's text with a mark before each line that made a verdict fire."""
    rows = shot.text.split("\n")
    while rows and not rows[-1].strip():
        rows.pop()
    return [f"{_BOTH.get(mark, ' ')} {row}" for mark, row in zip(marks(difference, rows), rows, strict=True)]


def marks(difference: Difference, rows: Iterable[str]) -> list[tuple[bool, bool]]:
    """Tell for each row of a screen whether it made the incumbent's verdict fire, and the candidate's."""
    ours, theirs = _keys(difference.incumbent.lines), _keys(difference.candidate.lines)
    return [(row.strip() in ours, row.strip() in theirs) for row in rows]


def _column(title: str, side: Side, width: int) -> list[str]:
    intent_keys = formatting.intents(side)
    fired = [f"  {one_line(line).strip()}" for line in side.lines[:_FIRED]]
    rest = [f"  and {formatting.number(len(side.lines) - _FIRED, 'line')} more"] if len(side.lines) > _FIRED else []
    return [title, formatting.verdict(side), f"rule {side.rule or '-'}", *_wrapped(intent_keys, width), *fired, *rest]


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = [""]
    for word in text.split(" "):
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > width:
            lines.append("  ")
        lines[-1] += word if not lines[-1].strip() else f" {word}"
    return lines


def _keys(lines: Iterable[str]) -> set[str]:
    return {line.strip() for line in lines if line.strip()}


def _legend(ours: str, theirs: str) -> str:
    return f"< made {ours} say so, > made {theirs}, = both"
