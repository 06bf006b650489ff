"""The report as plain text of 80 columns: for terminals, logs and mails."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Final

from shadow.clusters import Cluster
from shadow.report import formatting
from shadow.report.commands import more
from shadow.report.inert import cells, fit, one_line
from shadow.report.outcomes import HEAD, outcome_rows
from shadow.report.record import Notes, ShadowReport
from shadow.report.show import side_by_side

MOST_CLUSTERS: Final = 60
"""Clusters that are shown; for the rest, their number and the command that lists them."""
_INDENT = "    "


def as_text(report: ShadowReport, width: int = 80) -> str:
    """Write a report in lines of at most `width` cells; nothing in it moves a cursor or changes a colour."""
    open_ones = f"waiting for you: {len(report.open_clusters):,}"
    lines = [
        *_head(report, width),
        *_section("RATES", _rates(report)),
        *_section("OUTCOMES (of both monitors' leases)", _outcomes(report)),
        *_section("STRATA (counted bouts)", _strata(report)),
        *_section(f"CLUSTERS ({len(report.clusters):,}, {open_ones})", _clusters(report, width)),
        *_section("COVERAGE", _coverage(report, width)),
        *_section("CYCLE TIMES (seconds of work)", _speeds(report)),
        *_section("EXPECTED (explained; the referee still scores their spells)", _expected(report)),
        *_section("SIGNED OFF (explained; the referee still scores their spells)", _signed_off(report)),
    ]
    return "\n".join(fit(line, width).rstrip() for line in lines) + "\n"


def _head(report: ShadowReport, width: int) -> list[str]:
    stage = f", stage {report.stage}" if report.stage else ""
    consequence = formatting.consequence(report)
    paragraphs = [
        *(report.ruling.warnings if report.ruling else ()),
        "".join(formatting.first_line(report)),
        formatting.judged(report).strip(),
        *(report.ruling.waived if report.ruling else ()),
        "",
        formatting.decisions(report) + ".",
        formatting.totals(report),
        *([f"Of these {consequence}."] if consequence else []),
        f"Not counted: {formatting.not_counted(report)}.",
        f"Who was right: {formatting.referees(report)}.",
        "",
        f"{report.incumbent} (incumbent) against {report.candidate} (candidate){stage}",
        f"made {formatting.clock(report.made_at)}, over {formatting.span(report)}",
    ]
    return [line for text in paragraphs for line in _wrapped(text, width)]


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _rates(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"  in {rate.stratum}" if rate.stratum else rate.name,
            formatting.events(rate),
            formatting.percent(rate.rate),
            formatting.bound(rate.bound if rate.bouts else None),
            formatting.bound(rate.limit),
            "-" if rate.needed is None else f"{rate.needed:,}",
        )
        for rate in report.rates
        if rate.informative
    ]
    return _table(("guardrail", "events", "rate", "below", "limit", "needed"), rows)


def _outcomes(report: ShadowReport) -> list[str]:
    return _table(HEAD, outcome_rows(report.outcomes))


def _strata(report: ShadowReport) -> list[str]:
    rows = [
        (row.stratum.value, f"{row.events:,}/{row.bouts:,}", formatting.percent(row.events / row.bouts))
        for row in report.strata
    ]
    return _table(("stratum", "events", "rate"), rows)


def _clusters(report: ShadowReport, width: int) -> list[str]:
    lines = [line for cluster, notes in report.noted[:MOST_CLUSTERS] for line in _cluster(cluster, notes, width)]
    if (rest := len(report.clusters) - MOST_CLUSTERS) > 0:
        lines += ["", f"  and {rest:,} more clusters: {more(report.address)}"]
    return lines


def _cluster(cluster: Cluster, notes: Notes, width: int) -> Iterable[str]:
    yield ""
    counts = f"{cluster.counted:,} counted, {formatting.percent(cluster.share)}, {cluster.trend}"
    bouts, agents = formatting.number(cluster.bouts, "bout"), formatting.number(cluster.agents, "agent")
    yield f"  {cluster.id}  {cluster.severity.upper()}  {bouts} ({counts}), {agents}"
    yield f"{_INDENT}{formatting.cluster_status(cluster)}"
    yield f"{_INDENT}right: {formatting.who_was_right(cluster)}"
    for reason in formatting.reasons(notes):
        yield from (f"{_INDENT}  {line}" for line in _wrapped(reason, width - len(_INDENT) - 2))
    yield f"{_INDENT}last seen {formatting.clock(cluster.last_seen)}, for example {one_line(cluster.example.subject)}"
    for line in side_by_side(cluster.example, "incumbent", "candidate", width - len(_INDENT)):
        yield f"{_INDENT}{line}"


def _coverage(report: ShadowReport, width: int) -> list[str]:
    seen = report.coverage
    rows = [
        (one_line(agent), *(", ".join(f"{state} {count:,}" for state, count in states.items()),))
        for agent, states in seen.by_agent.items()
        if states
    ]
    lines = [line for agent, states in rows for line in _wrapped(f"{agent}: {states}", width - 2)]
    never = [
        ("states never reported", ", ".join(seen.unseen_states)),
        ("CLIs never seen", ", ".join(map(one_line, seen.unseen_agents))),
        (f"sizes not on the newest {formatting.number(seen.tapes, 'tape')}", ", ".join(seen.unseen_sizes)),
    ]
    lines += [line for what, which in never if which for line in _wrapped(f"{what}: {which}", width - 2)]
    return [f"  {line}" for line in lines]


def _speeds(report: ShadowReport) -> list[str]:
    rows = [
        (speed.role, f"{speed.cycles:,}", *(f"{s:.3f}" for s in (speed.median_s, speed.p95_s, speed.slowest_s)))
        for speed in report.speeds
    ]
    return _table(("monitor", "cycles", "median", "p95", "slowest"), rows)


def _expected(report: ShadowReport) -> list[str]:
    lines: list[str] = []
    for row in report.expected:
        over = ", OVER ITS CEILING" if row.over_ceiling else ""
        share = f"{formatting.percent(row.share)} (ceiling {formatting.percent(row.ceiling)}{over})"
        lines += [
            f"  {row.id}: {formatting.number(row.bouts, 'bout')}, {share}",
            f"{_INDENT}{row.title}",
            f"{_INDENT}expected to be right: {row.right}; contradicted {formatting.number(row.contradicted, 'time')}",
        ]
    return lines


def _signed_off(report: ShadowReport) -> list[str]:
    return [
        f"  {entry.cluster}: {one_line(entry.owner)}, until {formatting.clock(entry.expires)}, "
        f"up to {formatting.percent(entry.ceiling)}: {one_line(entry.reason)}"
        for entry in report.signed_off
    ]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(cells(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  "
        + "  ".join([fit(row[0], widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in (head, *rows)
    ]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(one_line(text), width, break_on_hyphens=False) or [""]
