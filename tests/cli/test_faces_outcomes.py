"""The outcomes of both monitors' leases stand in every face, once both have finished leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.situations_of_holds import outcome_worse, outcomes_alike
from tests.cli.situations_of_stages import promotable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.faces import Faces

pytest_plugins = ["tests.cli.faces"]

NAMES = ["blocked", "crashed", "idle", "futile_notices"]
WORSE = "outcome: agents wait for an approval in 30 % of the time under the candidate, 4.95 % under the incumbent"


def test_each_outcome_is_one_line_of_the_status_below_the_agent_hours(shown: Callable[..., Faces]) -> None:
    lines = [" ".join(line.split()) for line in shown(outcome_worse).status.splitlines()]
    assert lines[lines.index("outcome candidate incumbent e-value") + 1 :][:5] == [
        "agent-hours 33.0 33.3 -",
        "blocked on an approval 30.0 % 5.0 % 9.26e+06 of 400",
        "crashed 0.0 % 0.0 % 1 of 400",
        "idle 0.0 % 0.0 % 1 of 400",
        "notices in vain 50.0 % 50.0 % 0.213 of 400",
    ]


def test_why_says_them_in_one_sentence(shown: Callable[..., Faces]) -> None:
    assert (
        "Outcomes in 33.0 agent-hours of the candidate's leases and 33.3 of the incumbent's: blocked on an approval "
        "30.0 % and 5.0 %, crashed 0.0 % and 0.0 %, idle 0.0 % and 0.0 %, notices in vain 50.0 % and 50.0 %."
    ) in shown(outcome_worse).why


def test_the_report_has_the_same_figures_in_each_form(shown: Callable[..., Faces]) -> None:
    faces = shown(outcome_worse)
    for text in (faces.report, faces.markdown.replace("|", ""), faces.page):
        figures = text.partition("agent-hours")[2].replace(" ", "")[:60]
        assert figures.startswith("33.033.3-blockedonanapproval30.0%5.0%9.26e+06of400")


def test_scripts_get_the_same_rows_from_status_why_and_the_report(shown: Callable[..., Faces]) -> None:
    faces = shown(outcome_worse)
    rows = faces.status_json["outcomes"]
    assert [row["name"] for row in rows] == NAMES
    assert faces.why_json["outcomes"] == faces.report_json["outcomes"] == rows
    assert (rows[0]["leases"], rows[0]["incumbent_leases"], rows[0]["holds"]) == (99, 100, True)


@pytest.mark.parametrize("face", ["status", "why", "report", "markdown", "page"])
def test_an_outcome_that_is_worse_holds_with_both_shares_on_every_face(shown: Callable[..., Faces], face: str) -> None:
    assert WORSE in " ".join(getattr(shown(outcome_worse), face).split())


def test_outcomes_that_are_alike_are_shown_and_hold_nothing(shown: Callable[..., Faces]) -> None:
    faces = shown(outcomes_alike)
    assert "agent-hours" in faces.status
    assert not any(row["holds"] for row in faces.status_json["outcomes"])


def test_before_both_have_finished_leases_no_face_speaks_of_outcomes(shown: Callable[..., Faces]) -> None:
    faces = shown(promotable)
    assert faces.status_json["outcomes"] == []
    for text in (faces.status, faces.why, faces.report, faces.markdown, faces.page):
        assert "agent-hours" not in text
