"""The outcomes of both monitors' leases as rows of text, for every face."""

from collections.abc import Sequence
from typing import Final

from shadow.report.formatting import percent
from shadow.report.record import OutcomeRow

HEAD: Final = ("outcome", "candidate", "incumbent", "e-value")
"""The columns of `outcome_rows`."""


def agent_hours(outcomes: Sequence[OutcomeRow]) -> tuple[float, float]:
    """Return the agent-hours of the candidate's and of the incumbent's leases; a lease without notices counts, too."""
    return (
        max((row.candidate_agent_hours for row in outcomes), default=0.0),
        max((row.incumbent_agent_hours for row in outcomes), default=0.0),
    )


def outcome_rows(outcomes: Sequence[OutcomeRow]) -> list[tuple[str, ...]]:
    """Return the agent-hours and then one row an outcome; nothing where there is no outcome."""
    if not outcomes:
        return []
    candidate, incumbent = agent_hours(outcomes)
    hours = ("agent-hours", f"{candidate:,.1f}", f"{incumbent:,.1f}", "-")
    return [
        hours,
        *(
            (row.title, percent(row.candidate), percent(row.incumbent), f"{row.e_value:.3g} of {row.limit:g}")
            for row in outcomes
        ),
    ]


def outcome_sentence(outcomes: Sequence[OutcomeRow]) -> str:
    """Return the same as one sentence; empty where there is no outcome."""
    if not outcomes:
        return ""
    candidate, incumbent = agent_hours(outcomes)
    shares = ", ".join(f"{row.title} {percent(row.candidate)} and {percent(row.incumbent)}" for row in outcomes)
    return (
        f"Outcomes in {candidate:,.1f} agent-hours of the candidate's leases and {incumbent:,.1f} of the incumbent's: "
        f"{shares}."
    )
