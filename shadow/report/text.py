"""The report as plain text of 80 columns: for terminals, logs and mails."""

from collections.abc import Iterable, Sequence

from shadow.clusters import Cluster
from shadow.report import words
from shadow.report.build import ShadowReport
from shadow.report.show import side_by_side

_INDENT = "    "


def as_text(report: ShadowReport, width: int = 80) -> str:
    """Write a report in lines of at most `width` cells."""
    lines = [
        *_head(report),
        *_section("RATES", _rates(report)),
        *_section("STRATA (counted bouts)", _strata(report)),
        *_section(f"CLUSTERS ({len(report.clusters)}, open: {len(report.open_clusters)})", _clusters(report, width)),
        *_section("EXPECTED (beside the rates, not in them)", _expected(report)),
        *_section("SIGNED OFF (beside the rates, not in them)", _signed_off(report)),
    ]
    return "\n".join(words.fit(line, width).rstrip() for line in lines) + "\n"


def _head(report: ShadowReport) -> list[str]:
    differing = ", ".join(f"{count:,} by {severity}" for severity, count in sorted(report.differing.items()))
    stage = f", stage {report.stage}" if report.stage else ""
    span = words.duration(report.until - report.since) if report.since is not None and report.until is not None else "-"
    return [
        "SHADOW DIFF REPORT",
        f"{report.incumbent} (incumbent) against {report.candidate} (candidate){stage}",
        f"made {words.clock(report.made_at)}, over {span}",
        "",
        words.headline(report),
        *([f"Of these {differing}."] if differing else []),
        f"Not counted: {words.not_counted(report)}.",
        f"Who was right: {words.referees(report)}.",
    ]


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _rates(report: ShadowReport) -> list[str]:
    rows = [
        (
            f"  in {rate.stratum}" if rate.stratum else rate.name,
            words.events(rate),
            words.percent(rate.rate),
            words.percent(rate.bound if rate.bouts else None),
            words.percent(rate.limit),
            "-" if rate.needed is None else f"{rate.needed:,}",
        )
        for rate in report.rates
    ]
    return _table(("guardrail", "events", "rate", "below", "limit", "needed"), rows)


def _strata(report: ShadowReport) -> list[str]:
    rows = [
        (row.stratum.value, f"{row.events:,}/{row.bouts:,}", words.percent(row.events / row.bouts))
        for row in report.strata
    ]
    return _table(("stratum", "events", "rate"), rows)


def _clusters(report: ShadowReport, width: int) -> list[str]:
    return [line for cluster in report.clusters for line in _cluster(cluster, width)]


def _cluster(cluster: Cluster, width: int) -> Iterable[str]:
    yield ""
    yield (
        f"  {cluster.id}  {cluster.severity.upper()}  {words.number(cluster.bouts, 'bout')} "
        f"({cluster.counted:,} counted, {words.percent(cluster.share)}), {words.number(cluster.agents, 'agent')}"
    )
    yield f"{_INDENT}{words.standing(cluster)}"
    yield f"{_INDENT}right: {words.who_was_right(cluster)}"
    yield f"{_INDENT}last seen {words.clock(cluster.last_seen)}, for example {cluster.example.subject}"
    for line in side_by_side(cluster.example, "incumbent", "candidate", width - len(_INDENT)):
        yield f"{_INDENT}{line}"


def _expected(report: ShadowReport) -> list[str]:
    lines: list[str] = []
    for row in report.expected:
        over = ", OVER ITS CEILING" if row.over_ceiling else ""
        share = f"{words.percent(row.share)} (ceiling {words.percent(row.ceiling)}{over})"
        lines += [
            f"  {row.id}: {words.number(row.bouts, 'bout')}, {share}",
            f"{_INDENT}{row.title}",
            f"{_INDENT}held to be right: {row.right}; contradicted {words.number(row.contradicted, 'time')}",
        ]
    return lines


def _signed_off(report: ShadowReport) -> list[str]:
    return [
        f"  {entry.cluster}: {entry.owner}, until {words.clock(entry.expires)}, up to {words.percent(entry.ceiling)}: "
        f"{entry.reason}"
        for entry in report.signed_off
    ]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(words.cells(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  "
        + "  ".join(
            [words.fit(row[0], widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))]
        )
        for row in (head, *rows)
    ]
