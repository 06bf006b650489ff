"""When a usage limit ends, as CLIs say it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from modular.intents.resets import reset_at

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Claude usage limit reached. Your limit will reset at 3pm (UTC).", 3),
        ("You've hit your session limit · resets 3:30pm (UTC)", 3.5),
        ("5-hour limit reached ∙ resets 3am", 15),
        ("limit reached. Try again at 14:15.", 2.25),
        ("You've hit your usage limit. Try again in 1 hour 30 minutes.", 1.5),
        ("try again in 2 days 3 hours", 51),
        ("Rate limited, retrying in 45s", 45 / 3600),
        ("resets Nov 24 at 9am (UTC)", 69),
        ("resets 7pm (Europe/Berlin)", 6),
        ("Claude AI usage limit reached|1795270000", (1795270000 - NOON) / HOUR),
    ],
)
def test_a_reset_is_read_from_what_the_cli_says(text: str, hours: float) -> None:
    assert reset_at(text, NOON, UTC) == pytest.approx(NOON + hours * HOUR)


def test_a_time_that_has_just_passed_is_past_and_not_tomorrow() -> None:
    assert reset_at("Your limit will reset at 11am (UTC).", NOON) == NOON - HOUR


def test_a_time_without_a_zone_is_the_machines() -> None:
    assert reset_at("resets 3pm", NOON, ZoneInfo("America/New_York")) == NOON + 8 * HOUR


@pytest.mark.parametrize(
    "text", ["", "limit reached", "reset at 25:80", "resets 3", "resets 1:75pm", "resets Feb 31 at 3pm"]
)
def test_what_says_no_time_has_none(text: str) -> None:
    assert reset_at(text, NOON, UTC) is None
