"""The demo's picture: one view becomes one screenful of 80x24, or the closing summary. Pure; nothing here writes."""

import textwrap
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from rollout.faces.demo.view import STAGES, DemoOutcome, DemoTransition, DemoView, Gauge

ROWS: Final = 22
"""Lines of a picture, whatever it shows: fewer than a small terminal has, so that nothing ever scrolls or jumps."""
WIDTH: Final = 72
"""Cells that a picture needs to say something."""
_GAUGES: Final = 7
_DIFFERENCES: Final = 4
_BAR: Final = 18
_NAME: Final = 22


def picture(view: DemoView, width: int) -> Group:
    """Draw a view, `ROWS` lines of at most `width` cells."""
    lines = [
        *_headline(view, width),
        Text(),
        *_evidence(view, width),
        Text(),
        *_differences(view, width),
        Text(),
        _fit(Text.assemble(("next  ", "bold"), view.next or "the first cycles"), width),
        _fit(Text("Ctrl-C ends it; this tmux server belongs to the demo alone", "dim"), width),
    ]
    return Group(*_exactly(lines, ROWS))


def progress_line(view: DemoView) -> str:
    """Format a view in one line, for output without a terminal."""
    waits = max(view.gauges, key=lambda gauge: gauge.needed, default=None)
    want = f", {waits.name} needs {waits.needed} more" if waits is not None and waits.needed else ""
    return (
        f"{clock(view.elapsed_s)} {view.stage} {view.exposure_percent} % "
        f"({view.state}): {view.cycles} cycles, {view.bouts} bouts{want}"
    )


def summary(outcome: DemoOutcome, hints: Sequence[str], width: int = 0) -> list[str]:
    """Format the outcome: the promotions with their times and reasons, the report's path, the next commands.

    Told reasons are broken at `width` cells; 0 leaves every line whole.
    """
    head = (
        "The candidate earned every stage, then got worse, and was rolled back automatically."
        if outcome.whole
        else f"The demo is incomplete: {outcome.trouble or 'not every stage was reached'}. Everything is cleaned up."
    )
    told = [line for step in outcome.steps for line in _broken(f"  {clock(step.at_s)}  {_step(step)}", width)]
    report = ["", "The shadow-diff report, for a browser:", f"  {outcome.report}"] if outcome.report else []
    types = ["", "Type next:", *(f"  {hint}" for hint in hints)] if hints else []
    return [head, "", *told, *report, *types]


def clock(seconds: float) -> str:
    """Format seconds since the start as `1:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _headline(view: DemoView, width: int) -> list[Text]:
    way = Text.assemble((f"Understudy demo {clock(view.elapsed_s)}   ", "bold"))
    reached = STAGES.index(view.stage) if view.stage in STAGES else 0
    for number, stage in enumerate(STAGES):
        style = "reverse bold green" if number == reached else "green" if number < reached else "dim"
        way.append(" - " if number else "", "dim")
        way.append(f" {stage} " if number == reached else stage, "reverse bold red" if _back(view, number) else style)
    share = Text.assemble(
        "the candidate owns ",
        (f"{view.exposure_percent} %", "bold"),
        " of the leases, the incumbent the rest; ",
        (view.state.replace("_", " "), "bold red" if view.state == "rolled_back" else "bold"),
    )
    if view.regression:
        share.append("; worse on purpose", "yellow")
    counts = Text(
        f"{view.agents} agents, {view.cycles} cycles, {view.bouts} bouts in this stage; "
        f"{view.delivered} actions done, {view.held_back} need a second monitor"
    )
    why = Text("; ".join(view.reasons), "dim")
    return [_fit(line, width) for line in (way, share, counts, why)]


def _back(view: DemoView, number: int) -> bool:
    return view.state == "rolled_back" and number == 0


def _evidence(view: DemoView, width: int) -> list[Text]:
    head = f"{'evidence':{_NAME}}  {'proof':{_BAR}}      seen  bad  {'way to a rollback'}"
    shown = sorted(view.gauges, key=lambda gauge: -gauge.spent if gauge.spent > 0.5 else 0)[:_GAUGES]  # noqa: PLR2004 - half
    rows = [_fit(_gauge(gauge), width) for gauge in shown]
    return [_fit(Text(head, "bold"), width), *rows, *[Text()] * (_GAUGES - len(rows))]


def _gauge(gauge: Gauge) -> Text:
    left = f"+{gauge.needed}" if gauge.needed else "ok"
    return Text.assemble(
        f"{gauge.name[:_NAME]:{_NAME}}  ",
        (_bar(gauge.proven, _BAR), "green" if not gauge.needed else "cyan"),
        f" {left:>4} {gauge.seen:>4} ",
        (f"{gauge.events:>4}", "bold red" if gauge.events else "dim"),
        "  ",
        (_bar(gauge.spent, _BAR), "red"),
    )


def _bar(share: float, width: int) -> str:
    full = round(min(max(share, 0.0), 1.0) * width)
    return "━" * full + "╌" * (width - full)


def _differences(view: DemoView, width: int) -> list[Text]:
    rows = [_fit(Text(f"  {line}"), width) for line in view.differences[:_DIFFERENCES]]
    if not rows:
        rows = [Text("  none so far", "dim")]
    return [Text("last differences", "bold"), *rows, *[Text()] * (_DIFFERENCES - len(rows))]


def _step(step: DemoTransition) -> str:
    return f"{step.before} -> {step.after} by {step.actor}: {step.reason}"


def _broken(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, subsequent_indent=" " * 8, break_on_hyphens=False) if width else [line]


def _fit(line: Text, width: int) -> Text:
    """Cut a line to a width in cells; nothing may wrap."""
    clean = line if "\n" not in line.plain else Text(" ".join(line.plain.split()))
    if cell_len(clean.plain) > width:
        clean.truncate(width, overflow="ellipsis")
    clean.no_wrap = True
    return clean


def _exactly(lines: list[Text], rows: int) -> list[Text]:
    return [*lines, *[Text()] * rows][:rows]
