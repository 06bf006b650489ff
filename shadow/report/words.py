"""How the report says things, whatever its form."""

from unicodedata import category, east_asian_width

from contract.record import instant_text
from shadow.clusters import Cluster
from shadow.differences import Side
from shadow.report.build import Rate, ShadowReport

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_TENTH = 0.001


def percent(share: float | None) -> str:
    """Say a share: `3.4 %`, `<0.1 %`; a dash where there is none."""
    if share is None:
        return "-"
    return "<0.1 %" if 0 < share < _TENTH else f"{100 * share:.1f} %"


def clock(at: float | None) -> str:
    """Say an instant to the second, in UTC."""
    return "-" if at is None else f"{instant_text(at)[:19].replace('T', ' ')} UTC"


def duration(seconds: float) -> str:
    """Say a duration in its two largest units."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S:.0f} min"
    if seconds < _DAY_S:
        return f"{seconds // _HOUR_S:.0f} h {seconds % _HOUR_S // _MINUTE_S:.0f} min"
    return f"{seconds // _DAY_S:.0f} d {seconds % _DAY_S // _HOUR_S:.0f} h"


def number(count: int, one: str, many: str | None = None) -> str:
    """Say how many: `1 bout`, `1,204 bouts`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def verdict(side: Side) -> str:
    """Say what a side sees: `idle (fresh)`."""
    if side.state is None:
        return "the session" if side.rule.startswith("manager:") else "no agent"
    return f"{side.state} ({side.detail})" if side.detail else str(side.state)


def wishes(side: Side) -> str:
    """Say what a side wants."""
    if not side.wishes:
        return "wants nothing"
    return "wants " + ", ".join(name if ordinal == 1 else f"{name} (no. {ordinal})" for name, ordinal in side.wishes)


def standing(cluster: Cluster) -> str:
    """Say what has become of a cluster."""
    words = [
        f"expected: {cluster.expected}" if cluster.expected else "",
        "signed off" if cluster.accepted else "",
        f"settled: {cluster.settled} right" if cluster.settled else "",
        f"CONTRADICTED {cluster.contradicted} times" if cluster.contradicted else "",
        "OVER ITS CEILING" if cluster.over_ceiling else "",
        f"class {cluster.klass}" if cluster.klass != "true" else "",
    ]
    said = ", ".join(word for word in words if word)
    if cluster.open:
        return f"OPEN, {said}" if said else "OPEN"
    return said or "proven by what the panes did next"


def rights(counts: dict[str, int]) -> str:
    """Say who was right how often."""
    return ", ".join(f"{right} {count}" for right, count in sorted(counts.items())) or "nobody knows yet"


def who_was_right(cluster: Cluster) -> str:
    """Say who was right in a cluster, and who said so."""
    known = sum(cluster.rights.values())
    said = rights({str(right): count for right, count in cluster.rights.items()})
    return (
        said if not known else f"{said} ({cluster.by_hindsight} by hindsight, {known - cluster.by_hindsight} by people)"
    )


def headline(report: ShadowReport) -> str:
    """Say the whole in one sentence."""
    differing = report.bouts - report.agreeing
    share = percent(differing / report.bouts) if report.bouts else "-"
    return (
        f"{number(report.bouts, 'bout')} of {number(report.panes, 'pane')} in {number(report.sessions, 'session')}: "
        f"{report.agreeing:,} agree, {differing:,} differ ({share})."
    )


def referees(report: ShadowReport) -> str:
    """Say who was right how often, who said so, and how much nobody has said."""
    said = rights({str(right): count for right, count in report.rights.items()})
    return f"{said}; {report.by_hindsight} by hindsight, {report.unlabelled} open"


def not_counted(report: ShadowReport) -> str:
    """Say what is in neither numerator nor denominator, and why."""
    words = [f"{count:,} {excuse.replace('_', ' ')}" for excuse, count in sorted(report.not_counted.items())]
    return ", ".join(words) or "none"


def events(rate: Rate) -> str:
    """Say events and what they are counted of."""
    return f"{rate.events:,}/{rate.bouts:,}"


def printable(line: str) -> str:
    """Replace what would move a terminal's cursor or colours: pane text is data."""
    return "".join("\N{MIDDLE DOT}" if category(char) in {"Cc", "Cf", "Cs"} else char for char in line)


def cells(text: str) -> int:
    """Tell how many cells a text takes on a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 0 if category(char) == "Mn" else 1 for char in text)


def fit(text: str, width: int) -> str:
    """Cut or fill a line to exactly so many cells."""
    text = printable(text)
    if cells(text) > width:
        while cells(text) > width - 1:
            text = text[:-1]
        text += "\N{HORIZONTAL ELLIPSIS}"
    return text + " " * (width - cells(text))
