"""The report as Markdown: for pull requests and wikis."""

from collections.abc import Iterable, Sequence

from shadow.clusters import Cluster
from shadow.differences import Difference
from shadow.report import words
from shadow.report.build import ShadowReport
from shadow.report.show import side_by_side

_EXAMPLE_WIDTH = 100


def as_markdown(report: ShadowReport) -> str:
    """Write a report as CommonMark with tables; what panes printed stands in fenced blocks and nowhere else."""
    stage = f", stage **{report.stage}**" if report.stage else ""
    made = f"made {words.clock(report.made_at)}"
    lines = [
        "# Shadow-diff report",
        "",
        f"`{report.incumbent}` (incumbent) against `{report.candidate}` (candidate){stage}; {made}",
        "",
        words.headline(report),
        "",
        f"- not counted: {words.not_counted(report)}",
        f"- who was right: {words.referees(report)}",
        *_rates(report),
        *_strata(report),
        *_clusters(report),
        *_expected(report),
        *_signed_off(report),
    ]
    return "\n".join(lines) + "\n"


def _rates(report: ShadowReport) -> list[str]:
    rows = [
        (
            rate.name,
            rate.stratum or "",
            words.events(rate),
            words.percent(rate.rate),
            words.percent(rate.bound if rate.bouts else None),
            words.percent(rate.limit),
            "-" if rate.needed is None else f"{rate.needed:,}",
        )
        for rate in report.rates
    ]
    return _table("Rates", ("guardrail", "stratum", "events", "rate", "below", "limit", "needed"), rows)


def _strata(report: ShadowReport) -> list[str]:
    rows = [
        (row.stratum.value, f"{row.events:,}/{row.bouts:,}", words.percent(row.events / row.bouts))
        for row in report.strata
    ]
    return _table("Strata", ("stratum", "events", "rate"), rows)


def _clusters(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"`{cluster.id}`",
            cluster.severity.value,
            str(cluster.bouts),
            str(cluster.agents),
            words.percent(cluster.share),
            words.standing(cluster),
            words.who_was_right(cluster),
        )
        for cluster in report.clusters
    ]
    table = _table("Clusters", ("cluster", "differs", "bouts", "agents", "share", "standing", "right"), rows)
    return [*table, *(line for cluster in report.clusters for line in _example(cluster))]


def _example(cluster: Cluster) -> Iterable[str]:
    yield from ("", f"### `{cluster.id}`, {cluster.severity}: {_title(cluster.example)}", "")
    lines = [line.rstrip() for line in side_by_side(cluster.example, "incumbent", "candidate", _EXAMPLE_WIDTH)]
    fence = _fence(lines)
    yield from (f"{fence}text", *lines, fence)


def _title(example: Difference) -> str:
    return f"{words.verdict(example.incumbent)} / {words.verdict(example.candidate)}"


def _expected(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"`{row.id}`",
            row.title,
            row.right.value,
            str(row.bouts),
            words.percent(row.share),
            f"{words.percent(row.ceiling)}{' **over**' if row.over_ceiling else ''}",
            str(row.contradicted),
        )
        for row in report.expected
    ]
    head = ("entry", "what", "right", "bouts", "share", "ceiling", "contradicted")
    return _table("Expected, beside the rates", head, rows)


def _signed_off(report: ShadowReport) -> list[str]:
    rows = [
        (f"`{entry.cluster}`", entry.owner, entry.reason, words.clock(entry.expires), words.percent(entry.ceiling))
        for entry in report.signed_off
    ]
    return _table("Signed off, beside the rates", ("cluster", "owner", "reason", "until", "ceiling"), rows)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    return ["", f"## {title}", "", _row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(text) for text in texts)} |"


def _cell(text: str) -> str:
    return words.printable(text).replace("|", "\\|")


def _fence(lines: Iterable[str]) -> str:
    """A fence longer than any run of backticks inside it."""
    longest = 2
    for line in lines:
        run = 0
        for char in line:
            run = run + 1 if char == "`" else 0
            longest = max(longest, run)
    return "`" * (longest + 1)
