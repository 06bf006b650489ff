"""Who is told of what: every kind of notice, once on the edge, and never where somebody is busy with it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, BUSY, IDLE, SHELL, manager, pane
from played_service import FRESH, LIMIT, NOON, Play

if TYPE_CHECKING:
    from understudy import PaneShot


@pytest.mark.parametrize(
    ("shot", "about"),
    [
        (pane("%1"), "idle"),
        (pane("%1", FRESH), "fresh"),
        (pane("%1", APPROVAL), "approval"),
        (pane("%1", ansi=SHELL, processes=("bash",)), "crash"),
        (
            pane(
                "%1",
                "\u276f go\n\n  ⎿ API Error: 500 Internal server error\n\n"
                + LIMIT.partition("\n\n")[2].partition("\n\n")[2],
            ),
            "error",
        ),
        (pane("%1", LIMIT), "rate_limit"),
    ],
)
def test_every_state_that_needs_somebody_has_its_notice_under_its_heading(shot: PaneShot, about: str) -> None:
    report = Play().see(shot, manager())
    (notice,) = [intent for intent in report.intents if intent.kind == "notify_manager"]
    assert (notice.about, notice.target, bool(notice.section), "%1" in notice.text) == (about, "%9", True, True)


def test_one_trouble_is_one_episode_however_long_it_lasts() -> None:
    play, ordinals = Play(), []
    play.see(pane("%1", APPROVAL), manager())
    for _ in range(9000 // 60):
        report = play.see(after=60)
        ordinals += [intent.ordinal for intent in report.intents]
    told_at = [ordinals.index(ordinal) * 60 for ordinal in range(2, 7)]
    assert [later - earlier for earlier, later in zip([-60, *told_at], told_at, strict=False)] == [
        300,
        600,
        1200,
        2400,
        3600,
    ]


def test_nothing_is_said_about_a_pane_in_which_a_person_types() -> None:
    play = Play()
    report = play.see(pane("%1", typed_at=NOON + 5), pane("%2"), manager())
    assert play.wanted == [("notify_manager:idle", "%2", 1)]
    assert [report.verdicts[name].attended for name in ("%1", "%2")] == [True, False]
    play.see(after=60)
    assert play.wanted == [("notify_manager:idle", "%1", 1), ("notify_manager:idle", "%2", 1)]


def test_the_time_in_which_a_person_was_busy_with_it_does_not_count_for_reminders() -> None:
    play = Play()
    play.see(pane("%1"), manager())
    play.see(pane("%1", typed_at=NOON + 299), manager(), after=290)
    assert play.wanted == []
    play.see(pane("%1"), manager(), after=299)
    assert play.wanted == [("notify_manager:idle", "%1", 1)]
    play.see(after=1)
    assert play.wanted == [("notify_manager:idle", "%1", 2)]


@pytest.mark.parametrize("target", ["%1", "team:1", ":1", "claude-worker", "team:claude-worker.0", "=team:1"])
def test_nothing_is_said_about_a_pane_that_its_manager_works_on(target: str) -> None:
    play = Play()
    works = f"● Bash(tmux send-keys -t {target} 'go on' Enter)\n\n" + BUSY
    play.see(pane("%1"), pane("%2", window="claude-other"), manager(screen=works))
    assert play.wanted == [("notify_manager:idle", "%2", 1)]
    play.see(pane("%1"), pane("%2", window="claude-other"), manager(screen=works.replace(BUSY, IDLE)))
    assert ("notify_manager:idle", "%1", 1) in play.wanted, "it works on it no more"
