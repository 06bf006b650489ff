"""The report as Markdown: for pull requests, job summaries and wikis.

Text of a pane, a window's name or a person is in a code span or in a fenced block, where no mark-up of any dialect, no
mention of a person and no link takes effect.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shadow.clusters import Cluster
from shadow.differences import Difference
from shadow.report import formatting
from shadow.report.commands import commands, more
from shadow.report.inert import longest_run, one_line
from shadow.report.outcomes import HEAD, outcome_rows
from shadow.report.record import Notes, ShadowReport, waits
from shadow.report.show import side_by_side

MOST_BYTES: Final = 1_000_000
"""A job summary holds 1 MiB; a longer one is refused completely, so the report is cut before."""
MOST_ROWS: Final = 500
"""Rows of the table of clusters."""
_EXAMPLE_WIDTH = 100
_PIPE = "\N{BROKEN BAR}"
"""Shown in place of a bar inside a table, since dialects escape a bar differently."""


def as_markdown(report: ShadowReport) -> str:
    """Write a report as CommonMark with tables, in at most `MOST_BYTES` bytes of UTF-8; omitted parts are counted."""
    dealt_with, left = formatting.first_line(report)
    stage = f", stage **{report.stage}**" if report.stage else ""
    made = f"made {formatting.clock(report.made_at)}, over {formatting.span(report)}"
    lines = [
        f"# {dealt_with}**{left}**",
        "",
        *(line for warning in (report.ruling.warnings if report.ruling else ()) for line in (_prose(warning), "")),
        _prose(formatting.judged(report).strip()),
        "",
        *(line for waiver in (report.ruling.waived if report.ruling else ()) for line in (_prose(waiver), "")),
        f"{_code(report.incumbent)} (incumbent) against {_code(report.candidate)} (candidate){stage}; {made}",
        "",
        f"- **{formatting.decisions(report)}**",
        f"- {formatting.totals(report)}",
        *([f"- of these {consequence}"] if (consequence := formatting.consequence(report)) else []),
        f"- not counted: {formatting.not_counted(report)}",
        f"- who was right: {formatting.referees(report)}",
        *_cluster_table(report),
        *_rates(report),
        *_outcomes(report),
        *_strata(report),
        *_coverage(report),
        *_speeds(report),
        *_expected(report),
        *_signed_off(report),
    ]
    head = "\n".join(lines) + "\n"
    return head + _examples(report, MOST_BYTES - len(head.encode()))


def _cluster_table(report: ShadowReport) -> list[str]:
    first = report.noted[:MOST_ROWS]
    rows = [
        (
            f"`{cluster.id}`",
            cluster.severity.value,
            f"{cluster.bouts:,}",
            f"{cluster.agents:,}",
            formatting.percent(cluster.share),
            cluster.trend.value,
            f"**{formatting.cluster_status(cluster)}**" if waits(cluster) else formatting.cluster_status(cluster),
            formatting.who_was_right(cluster),
        )
        for cluster, _ in first
    ]
    table = _table("Clusters", ("cluster", "differs", "bouts", "agents", "share", "trend", "status", "right"), rows)
    if (rest := len(report.clusters) - len(first)) > 0:
        table += ["", f"and {rest:,} clusters more: {_code(more(report.address))}"]
    return table


def _examples(report: ShadowReport, room: int) -> str:
    """One example a cluster, those that wait for a person first, as long as there is room."""
    rows = report.noted
    written, room = [""], room - 300  # for the last line
    for count, (cluster, notes) in enumerate(rows):
        text = "\n".join(_example(cluster, notes, report.address)) + "\n"
        room -= len(text.encode())
        if room < 0:
            written.append(f"\n{len(rows) - count:,} clusters without their example, which has no room here: ")
            written.append(f"{_code(more(report.address))}, or `understudy report --format html -o shadow.html`\n")
            break
        written.append(text)
    return "".join(written)


def _example(cluster: Cluster, notes: Notes, address: Sequence[str]) -> Iterator[str]:
    title = f"{_title(cluster.example)}{' (open)' if waits(cluster) else ''}"
    yield from ("<details>", f"<summary><code>{cluster.id}</code> {cluster.severity}: {title}</summary>", "")
    lines = [line.rstrip() for line in side_by_side(cluster.example, "incumbent", "candidate", _EXAMPLE_WIDTH)]
    yield from _fenced([f"{one_line(_where(cluster.example))}", "", *lines])
    if reasons := formatting.reasons(notes):
        yield from ("", *(f"- {_code(line)}" for line in reasons))
    if waits(cluster):
        yield ""
        yield from _fenced([command.text for command in commands(cluster, address)], "sh")
    yield from ("", "</details>", "")


def _title(example: Difference) -> str:
    """Return a title that holds only names of states: no foreign text."""
    return f"{formatting.verdict(example.incumbent)} / {formatting.verdict(example.candidate)}"


def _where(example: Difference) -> str:
    window = f", window {example.window}" if example.window else ""
    return f"for example {example.subject}, session {example.session}{window}, agent {example.agent}"


def _rates(report: ShadowReport) -> list[str]:
    rows = [
        (
            rate.name,
            rate.stratum or "",
            formatting.events(rate),
            formatting.percent(rate.rate),
            formatting.bound(rate.bound if rate.bouts else None),
            formatting.bound(rate.limit),
            "-" if rate.needed is None else f"{rate.needed:,}",
        )
        for rate in report.rates
        if rate.informative
    ]
    return _table("Rates", ("guardrail", "stratum", "events", "rate", "below", "limit", "needed"), rows)


def _outcomes(report: ShadowReport) -> list[str]:
    return _table("Outcomes of both monitors' leases", HEAD, outcome_rows(report.outcomes))


def _strata(report: ShadowReport) -> list[str]:
    rows = [
        (row.stratum.value, f"{row.events:,}/{row.bouts:,}", formatting.percent(row.events / row.bouts))
        for row in report.strata
    ]
    return _table("Strata", ("stratum", "events", "rate"), rows)


def _coverage(report: ShadowReport) -> list[str]:
    seen = report.coverage
    rows = [
        (_code(agent), ", ".join(f"{state} {count:,}" for state, count in states.items()))
        for agent, states in seen.by_agent.items()
        if states
    ]
    never = [
        ("states never reported", ", ".join(seen.unseen_states)),
        ("CLIs never seen", ", ".join(map(_code, seen.unseen_agents))),
        (f"sizes not on the newest {formatting.number(seen.tapes, 'tape')}", ", ".join(seen.unseen_sizes)),
    ]
    table = _table("Coverage", ("agent", "bouts by state"), rows)
    return [*table, "", *(f"- {what}: {which}" for what, which in never if which)]


def _speeds(report: ShadowReport) -> list[str]:
    rows = [
        (speed.role, f"{speed.cycles:,}", *(f"{s:.3f} s" for s in (speed.median_s, speed.p95_s, speed.slowest_s)))
        for speed in report.speeds
    ]
    return _table("Cycle times", ("monitor", "cycles", "median", "p95", "slowest"), rows)


def _expected(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"`{row.id}`",
            _code(row.title),
            row.right.value,
            f"{row.bouts:,}",
            formatting.percent(row.share),
            f"{formatting.percent(row.ceiling)}{' **over**' if row.over_ceiling else ''}",
            str(row.contradicted),
        )
        for row in report.expected
    ]
    head = ("entry", "what", "right", "bouts", "share", "ceiling", "contradicted")
    return _table("Expected: explained, still scored", head, rows)


def _signed_off(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"`{entry.cluster}`",
            _code(entry.owner),
            _code(entry.reason),
            formatting.clock(entry.expires),
            formatting.percent(entry.ceiling),
        )
        for entry in report.signed_off
    ]
    return _table("Signed off: explained, still scored", ("cluster", "owner", "reason", "until", "ceiling"), rows)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    return ["", f"## {title}", "", _row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a code span that its content cannot close; in a table it closes no cell either."""
    line = one_line(text).replace("|", _PIPE).strip() or " "
    fence = "`" * (longest_run([line], "`") + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


_LIVE = frozenset("\\`*_{}[]<>()#+!|~@&$:")


def _prose(text: str) -> str:
    """Return a sentence that may quote foreign text; words that could be mark-up, mentions or links are code spans."""
    words_ = one_line(text).split(" ")
    return " ".join(_code(word) if _lives(word) else word for word in words_)


def _lives(word: str) -> bool:
    inner = word.strip("(),.:;")
    return not _LIVE.isdisjoint(inner) or inner.lower().startswith("www.")


def _fenced(lines: Iterable[str], language: str = "text") -> Iterator[str]:
    """Yield a block that its content cannot close: its fence is longer than any run of backticks inside."""
    lines = list(lines)
    fence = "`" * max(3, longest_run(lines, "`") + 1)
    yield from (f"{fence}{language}", *lines, fence)
