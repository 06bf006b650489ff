"""The texts of the report that all its forms share."""

from math import ceil
from typing import Final

from shadow.clusters import Cluster
from shadow.differences import Difference, Severity, Side, Silence
from shadow.labels import Right
from shadow.report.record import Notes, Rate, ShadowReport, waits
from shadow.signoffs import Lapse
from understudy.record import instant_text

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_TENTH = 0.001
_DETAILS = 2


_ENDED = {
    Lapse.EXPIRED: "it expired",
    Lapse.VERSION: "another version of a monitor runs",
    Lapse.CEILING: "above its ceiling",
}


SILENCES: Final = {
    Silence.ASLEEP: "it pauses the session",
    Silence.NO_MANAGER: "it sees no live manager",
    Silence.ATTENDED: "a person or the manager is busy with the pane",
}
"""Texts for the reason why a monitor sends no notice."""


def percent(share: float | None) -> str:
    """Return a share as text: `3.4 %`, `<0.1 %`; a dash for None."""
    if share is None:
        return "-"
    return "<0.1 %" if 0 < share < _TENTH else f"{100 * share:.1f} %"


def bound(share: float | None) -> str:
    """Return a bound as text, rounded up and never down, so that no text claims more than is proven."""
    return "-" if share is None else f"{ceil(share * 10_000 - 1e-6) / 100:.4g} %"


def clock(at: float | None) -> str:
    """Return an instant as text, to the second, in UTC."""
    return "-" if at is None else f"{instant_text(at)[:19].replace('T', ' ')} UTC"


def duration(seconds: float) -> str:
    """Return a duration as text, in its two largest units."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S:.0f} min"
    if seconds < _DAY_S:
        return f"{seconds // _HOUR_S:.0f} h {seconds % _HOUR_S // _MINUTE_S:.0f} min"
    return f"{seconds // _DAY_S:.0f} d {seconds % _DAY_S // _HOUR_S:.0f} h"


def span(report: ShadowReport) -> str:
    """Return the time span of the bouts as text."""
    return duration(report.until - report.since) if report.since is not None and report.until is not None else "-"


def number(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 bout`, `1,204 bouts`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def verdict(side: Side) -> str:
    """Return the state of a side as text: `idle (fresh)`."""
    if side.state is None:
        return "the session" if side.rule.startswith("manager:") else "no agent"
    return f"{side.state} ({side.detail})" if side.detail else str(side.state)


def intents(side: Side) -> str:
    """Return the intents of a side as text."""
    if not side.intents:
        return "wants nothing"
    return "wants " + ", ".join(name if ordinal == 1 else f"{name} (no. {ordinal})" for name, ordinal in side.intents)


def cluster_status(cluster: Cluster) -> str:
    """Return the status of a cluster as text."""
    parts = [
        f"expected: {cluster.expected}" if cluster.expected else "",
        "signed off" if cluster.accepted else "",
        f"settled: {cluster.settled} right" if cluster.settled else "",
        f"sign-off ended: {_ENDED[cluster.reopened]}" if cluster.reopened and not cluster.settled else "",
        f"CONTRADICTED {number(cluster.contradicted, 'time')}" if cluster.contradicted else "",
        "OVER ITS CEILING" if cluster.over_ceiling else "",
        f"class {cluster.klass}" if cluster.klass != "true" else "",
    ]
    status = ", ".join(part for part in parts if part)
    if not cluster.bouts:
        return f"{status}, still settling" if status else "still settling"
    if cluster.open:
        return f"OPEN, {status}" if status else "OPEN"
    if status:
        return status
    return "proven by what the panes did next" if cluster.proven else "scored by the referee, needs no decision"


def rights(counts: dict[str, int]) -> str:
    """Return as text how often each side was right."""
    return ", ".join(f"{right} {count:,}" for right, count in sorted(counts.items())) or "not decided yet"


def who_was_right(cluster: Cluster) -> str:
    """Return as text which side was right in a cluster, and by which referee."""
    known = sum(cluster.rights.values())
    decided = rights({str(right): count for right, count in cluster.rights.items()})
    return (
        decided
        if not known
        else f"{decided} ({cluster.by_hindsight} by hindsight, {known - cluster.by_hindsight} by people)"
    )


def first_line(report: ShadowReport) -> tuple[str, str]:
    """Return the report's summary in one line, in two parts: differences dealt with, and differences for a person."""
    balance = report.balance
    waiting = report.decisions
    needs = f"{number(waiting, 'decision')} needs you" if waiting == 1 else f"{waiting:,} decisions need you"
    needs = needs if waiting else "nothing needs you"
    if not balance.total:
        settling = len(report.clusters)
        if settling:
            return f"No settled difference yet: {number(settling, 'cluster')} still settling, ", needs
        return f"No differences: {number(report.bouts, 'bout')} and all agree, ", needs
    undecided = f"{balance.needs_you:,} undecided, " if balance.needs_you else ""
    return (
        f"{number(balance.total, 'difference')}: {balance.known:,} known, "
        f"{balance.settled_for:,} settled for the candidate, {balance.settled_against:,} against it, {undecided}"
    ), needs


def decisions(report: ShadowReport) -> str:
    """Return the number of waiting decisions as text."""
    waiting = [(cluster, notes) for cluster, notes in report.noted if waits(cluster)]
    wrong = sum(notes.balance.settled_against > 0 for _, notes in waiting)
    found = f", {wrong:,} of them with bouts in which the candidate was wrong" if wrong else ""
    many = report.decisions
    verb = "waits" if many == 1 else "wait"
    return f"{number(many, 'decision')} {verb} for you{found}" if many else "No decision waits for you"


def judged(report: ShadowReport) -> str:
    """Return one sentence: the headline that every face says, with the bound that is proven."""
    return f"{_may_it(report)} {shown(report)}"


def shown(report: ShadowReport) -> str:
    """Return a sentence with the proven bound on the candidate's share of wrong spells."""
    rate = report.rate_of("wrong")
    if rate is None:
        return "Nothing was judged: these are counts, not proofs."
    if not rate.bouts or rate.bound is None:
        return "Nothing is proven yet in this stage: no spell has been scored."
    sure = report.ruling.certainty if report.ruling else None
    how = f", certain to {100 * sure:.0f} % at any look" if sure else ""
    return (
        f"Proven: the candidate is wrong in fewer than {bound(rate.bound)} of the scored spells "
        f"({rate.events:,} of {rate.bouts:,}{how})."
    )


def _may_it(report: ShadowReport) -> str:
    return f"{report.ruling.word}: {report.ruling.sentence}." if report.ruling else ""


def totals(report: ShadowReport) -> str:
    """Return the number of bouts, panes and sessions as text."""
    differing = report.balance.total
    share = percent(differing / report.bouts) if report.bouts else "-"
    return (
        f"{number(report.bouts, 'bout')} of {number(report.panes, 'pane')} in {number(report.sessions, 'session')}: "
        f"{report.agreeing:,} agree, {differing:,} differ ({share})."
    )


def both_wrong(report: ShadowReport) -> int:
    """Count the bouts on which both agreed, and both were wrong."""
    return sum(kind.rights.get(Right.NEITHER, 0) for kind in report.kinds if kind.agrees)


def consequence(report: ShadowReport) -> str:
    """Return the differences by severity as text."""
    places = {"action": "in an action", "state": "in a state", "detail": "in a detail"}
    return ", ".join(
        f"{report.differing[severity]:,} {places[severity]}"
        for severity in sorted(report.differing, key=lambda severity: severity.rank)
    )


def referees(report: ShadowReport) -> str:
    """Return as text how often each side was right, by which referee, and how many bouts are unsettled."""
    decided = rights({str(right): count for right, count in report.rights.items()})
    return f"{decided}; {report.by_hindsight:,} by hindsight, {report.unlabelled:,} unsettled"


def not_counted(report: ShadowReport) -> str:
    """Return the bouts that do not count as text, by reason."""
    parts = [f"{count:,} {excuse.replace('_', ' ')}" for excuse, count in sorted(report.not_counted.items())]
    return ", ".join(parts) or "none"


def events(rate: Rate) -> str:
    """Return events and their denominator as text."""
    return f"{rate.events:,}/{rate.bouts:,}"


def reasons(notes: Notes) -> tuple[str, ...]:
    """Return the reasons that settled the bouts of a cluster, a line each."""
    return tuple(
        f"{reason.right} right in {number(reason.bouts, 'bout')}"
        f"{'' if reason.by == 'hindsight' else ', a person decided'}: {reason.text or 'no reason given'}"
        for reason in notes.reasons
    )


def gist(difference: Difference) -> str:
    """Return the difference in short: the two states."""
    ours, theirs = verdict(difference.incumbent), verdict(difference.candidate)
    if difference.pane is None:
        return f"session {difference.session}"
    if difference.incumbent.state is not difference.candidate.state:
        return f"{ours} \N{RIGHTWARDS ARROW} {theirs}"
    return f"both {ours}" if ours == theirs else f"{ours} / {theirs}"


def details(difference: Difference) -> tuple[str, ...]:
    """Return the first few details that differ."""
    if difference.severity is not Severity.DETAIL:
        return ()
    return tuple(
        f"{change.name}: {change.incumbent or 'nothing'} \N{RIGHTWARDS ARROW} {change.candidate or 'nothing'}"
        for change in difference.changes[:_DETAILS]
    )


def actions(difference: Difference) -> tuple[str, ...]:
    """Return the actions that only one monitor wants, a text for each monitor."""
    return tuple(
        f"only the {who} wants {', '.join(sorted(map(action, alone)))}"
        for who, alone in (
            ("incumbent", difference.only_incumbent_wants),
            ("candidate", difference.only_candidate_wants),
        )
        if alone
    )


def action(intent_key: str) -> str:
    """Return an action as text: `notify_manager:idle` is `notice of idle`."""
    kind, _, about = intent_key.partition(":")
    return f"notice of {about.replace('_', ' ')}" if kind == "notify_manager" else kind.replace("_", " ")
