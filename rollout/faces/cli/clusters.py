"""The clusters of differences of one server, their decisions, and their words."""

from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.reading import ServerData
from rollout.loop.decisions import with_decision
from shadow.bout import Bout
from shadow.clusters import Cluster, clusters_of, running_counts
from shadow.differences import Difference
from shadow.openness import CeilingCounts
from shadow.signoffs import Lapse, Signoffs
from shadow.tallies import Tallies

_REOPENED = {
    Lapse.EXPIRED: "reopened: its sign-off has expired",
    Lapse.VERSION: "reopened: another version runs than it was signed off for",
    Lapse.CEILING: "reopened: above the ceiling it was signed off for",
}


def all_clusters(found: ServerData, now: float) -> tuple[Cluster, ...]:
    """Cluster all differences of the ledger, with every decision on them so far."""
    if found.ledger is None:
        return ()
    return clusters_of(
        found.settled,
        now,
        differences=differences_of(found),
        register=found.register,
        signoffs=signoffs_of(found),
        stage=stage_counts(found),
    )


def stage_counts(found: ServerData) -> Tallies:
    """Return what the judge counts of the running stage: which clusters are open is told by that alone."""
    groups, kept = found.settled.groups, found.loop_state.analysis.tallies.ceilings
    ceilings = kept if kept.total else CeilingCounts.of_groups(groups)
    return Tallies(clusters=running_counts(groups, found.register), ceilings=ceilings)


def bouts_of(found: ServerData) -> list[Bout]:
    """Every settled bout that is kept, oldest first."""
    return [Bout.model_validate_json(row.body) for row in found.ledger.bouts()] if found.ledger else []


def differences_of(found: ServerData) -> list[tuple[float, Difference]]:
    """The last single differences with their instants, newest first."""
    rows = found.ledger.differences() if found.ledger else ()
    return [(row.at, Difference.model_validate_json(row.body)) for row in rows]


def signoffs_of(found: ServerData) -> Signoffs:
    """Return the sign-offs of people, also since the last cycle."""
    said = found.loop_state.analysis.signoffs
    if found.ledger is None:
        return said
    for row in found.ledger.decisions(after=found.loop_state.analysis.decisions_read):
        said = with_decision(said, row)
    return said


def cluster_document(row: Cluster) -> dict[str, Any]:
    """A cluster as scripts get it."""
    body = row.model_dump(mode="json")
    keys = ("id", "severity", "bouts", "agents", "first_seen", "last_seen", "expected", "accepted", "settled")
    more = ("counted", "decided", "share", "trend", "slices", "rights", "over_ceiling", "reopened")
    told = {key: body[key] for key in (*keys, *more, "one_way")}
    return {"class": body["klass"], **told, "open": row.open, "kinds": body["kinds"]}


def the_one(cluster: str, rows: tuple[Cluster, ...]) -> Cluster:
    """Find the cluster whose id begins so; raises `Stop` where it is none, or more than one."""
    name = cluster if cluster.startswith("d-") else f"d-{cluster}"
    matching = [row for row in rows if row.id.startswith(name)]
    if len(matching) != 1:
        known = ", ".join(row.id for row in matching or rows) or "none so far"
        what = "more than one cluster begins with" if matching else "there is no cluster"
        raise Stop(Exit.USAGE, f"{what} {cluster}; there are: {known}")
    return matching[0]


def decision_text(row: Cluster) -> str:
    """Return what is decided or known of a cluster; empty if nothing is."""
    words = []
    if row.settled:
        words.append(f"settled: {row.settled} right")
    if row.accepted:
        words.append("accepted")
    if row.expected:
        words.append(f"expected: {row.expected}")
    if row.reopened and not row.settled:
        words.append(_REOPENED[row.reopened])
    if row.over_ceiling and row.reopened is not Lapse.CEILING:
        words.append("above its ceiling")
    if row.contradicted and row.expected:
        words.append(f"contradicted {row.contradicted} times")
    if row.rights and not row.settled:
        known = ", ".join(f"{right} {count}" for right, count in row.rights.items())
        words.append(f"hindsight: {known}" + ("" if row.decided else ", one-sided"))
    return "; ".join(words)
