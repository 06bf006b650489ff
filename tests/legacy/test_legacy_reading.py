"""The monolith's reading of a screen: each rule, with its quirks, on screens drawn by hand."""

import inspect
import re
from datetime import datetime
from pathlib import Path

import pytest

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import ANSWER, EMPTY_BOX, HINT, WELCOME, boxed
from tests.legacy.stage import Stage, wanted
from understudy import IdleDetail, VirtualClock

TOP, BOTTOM = EMPTY_BOX.split("\n")[0], EMPTY_BOX.split("\n")[2]
PROMPT = EMPTY_BOX.split("\n")[1]


def verdict(screen: str) -> tuple[str, str]:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": screen + "\n"})
    found = stage.cycle().verdicts[stage.pane("s:1")]
    return str(found.state), found.why.rule


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        ("user@host:~$", "R3.prompt"),
        ("user@host:~$ ", "R3.prompt"),
        ("zsh%", "R3.prompt"),
        ("root@host:/#", "R3.prompt"),
        (">>>", "R3.prompt"),  # quirk 6: a REPL, markup and a percentage are crashes
        ("</div>", "R3.prompt"),
        ("coverage: 45%", "R3.prompt"),
        ("abc #", "R3.prompt"),
        ("it cost 12$", "R3.prompt"),
        ("$\na\nb\nc\nd", "R3.prompt"),
        ("$\na\nb\nc\nd\ne", "R3.no_ui"),
        ("$\n\n\n\n\nd", "R3.no_ui"),  # five lines as they stand, blanks among them
        ("$\n\n\n\nd", "R3.prompt"),
        ("\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}", "R3.no_ui"),
        ("\N{HEAVY ROUND-TIPPED RIGHTWARDS ARROW} repo", "R3.no_ui"),
        ("$ ls", "R3.no_ui"),
        ("", "R3.no_ui"),
    ],
)
def test_without_an_interface_what_ends_like_a_prompt_is_a_crash_and_all_else_an_error(last: str, rule: str) -> None:
    assert verdict(f"line\n{last}")[1] == rule


@pytest.mark.parametrize(
    ("screen", "present"),
    [
        ("  ? for shortcuts", True),
        ("Welcome to Claude Code", True),
        ("welcome to claude code", False),
        ("╭─ notes", True),
        ("╰─", True),
        ("╭", False),
        ("│ > ", True),
        ("│\xa0> x", False),  # marks a draft, but is no marker of the interface
        ("> ", False),
        ("Bypassing Permissions", True),
        ("bypass permissions on", False),
        ("npx @anthropic-ai/claude-code", True),
        ("Assistant: done\na\nb\n│ c", True),
        ("a\nassistant: done\n│ b\nc", False),
        ("HUMAN: hello\n" + "text\n" * 9 + "│ x", True),
        ("", False),
    ],
)
def test_the_interface_is_there_where_one_of_its_marks_is(screen: str, present: bool) -> None:  # noqa: FBT001
    assert LegacyMonitor._is_claude_interface_present(screen) is present


@pytest.mark.parametrize(
    ("screen", "state"),
    [
        (EMPTY_BOX, "active"),
        (boxed("run it"), "unsubmitted"),
        (boxed('Try "help" for more information'), "fresh"),
        (boxed('Try "edit parser.py to..."'), "unsubmitted"),
        (f"{WELCOME}{EMPTY_BOX}", "fresh"),
        (f"{WELCOME}{boxed('run it')}", "unsubmitted"),
        (f"Welcome to Claude Code\n{EMPTY_BOX}", "active"),
        (f"Thinking...\n{boxed('run it')}", "active"),
        (f"· Baking…\n{boxed('run it')}", "active"),
        (f"✻ Baking…\n{boxed('run it')}", "unsubmitted"),
        (f"·\nBaking…\n{boxed('run it')}", "unsubmitted"),
        (f"{boxed('first')}\n{EMPTY_BOX}", "active"),
        (f"{EMPTY_BOX}\n{boxed('last')}", "unsubmitted"),
        (f"{TOP}\n│ > run it │", "active"),
        (f"│ > run it │\n{BOTTOM}", "active"),
        (f"{boxed('run it')}\n{TOP}\n{PROMPT}", "active"),
        (f"{TOP}\n│ > run it   │\n│   and again │\n{BOTTOM}", "unsubmitted"),
        (f"{TOP}\n│ >\xa0       │\n{BOTTOM}", "active"),
        (f"{TOP}\n│\xa0> run it │\n{BOTTOM}", "unsubmitted"),
        (f"{TOP}\n│ ❯ 1. Yes │\n│   2. No │\n{BOTTOM}", "active"),  # noqa: RUF001 - an approval in a box
        (f"{TOP}\n│ > 1. Yes │\n│   2. No │\n{BOTTOM}", "unsubmitted"),  # 1.12: Enter is pressed there
        (f"{TOP}\n│ ! ls │\n{BOTTOM}", "active"),
        (f"{WELCOME}│ > quoted │\n{EMPTY_BOX}", "active"),
        (f"{WELCOME}{HINT}", "active"),
        ("nothing", "idle"),
    ],
)
def test_the_composer_is_read_as_the_original_read_it(screen: str, state: str) -> None:
    assert LegacyMonitor()._detect_claude_state(screen) == state


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Compacting conversation", "R2"),
        ("we are compacting conversation logs", "R2"),
        ("✻ Thinking…", "R2"),
        ("✻ Pondering…", "R2"),
        ("Divining …", "R2"),
        ("amusing\nand so on…", "R2"),
        ("Thinking...", "R6.unknown"),
        ("✻ Baking…", "R6.unknown"),  # quirk 10
        ("thinking", "R6.unknown"),
        ("wait…", "R6.unknown"),
        ("esc to interrupt", "R6.unknown"),
    ],
)
def test_a_still_screen_is_active_by_words_alone(text: str, rule: str) -> None:
    assert verdict(f"{text}\n{EMPTY_BOX}")[1] == rule


def test_words_left_in_view_keep_an_idle_agent_active() -> None:  # quirk 12
    assert verdict(f"✻ Thinking…\n\n{ANSWER}\n{EMPTY_BOX}") == ("busy", "R2")


def test_a_box_that_stayed_behind_hides_the_shell_below_it() -> None:  # quirk 7
    assert verdict(f"{EMPTY_BOX}\nuser@host:~$ ")[0] == "idle"


def test_a_dialog_with_a_cursor_like_a_composer_is_a_draft_behind_which_enter_is_pressed() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": f"{TOP}\n│ > 1. Yes │\n│   2. No  │\n{BOTTOM}"})
    assert "submit_draft" in wanted(stage.cycle())


class Moving(Stage):
    """The worker shows one text twice and then another, twice."""

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> list[str]:
        if target == "s:0" or looks == 1:
            return list(super().capture(target, looks, gap_s))
        before, after = self.shows["s:1 claude-dev"].split("\f\n")
        return [before, before, after, after]


def moved(before: str, after: str) -> str:
    stage = Moving({"s:0 Claude-pm": "busy", "s:1 claude-dev": f"{before}\f\n{after}"})
    return stage.cycle().verdicts[stage.pane("s:1")].why.rule


def test_two_changed_characters_are_motion_and_one_is_not() -> None:  # quirk 11
    assert moved(f"12s\n{EMPTY_BOX}", f"13s\n{EMPTY_BOX}") != "R1"
    assert moved(f"19s\n{EMPTY_BOX}", f"20s\n{EMPTY_BOX}") == "R1"


def test_an_append_is_no_motion_until_the_text_fills_fifty_lines() -> None:
    short = "\n".join([EMPTY_BOX, *(f"line {number}" for number in range(20))])
    full = "\n".join([EMPTY_BOX, *(f"line {number}" for number in range(60)), "? for shortcuts"])
    assert moved(short, f"{short}\nmore") != "R1"
    assert moved(full, f"{full}\nmore") == "R1"


def test_motion_gives_the_lines_that_changed() -> None:
    stage = Moving({"s:0 Claude-pm": "busy", "s:1 claude-dev": f"19s\n{EMPTY_BOX}\f\n20s\n{EMPTY_BOX}"})
    assert stage.cycle().verdicts[stage.pane("s:1")].why.lines == ("20s",)


def test_the_first_idle_look_is_newly_idle_by_a_rule_that_says_that_it_was_the_first() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    told = []
    for shows in ("idle", "idle", "idle-other"):
        stage.shows["s:1 claude-dev"] = shows
        found = stage.cycle().verdicts[stage.pane("s:1")]
        told.append((found.detail, found.why.rule))
    assert told == [
        (IdleDetail.NEWLY, "R6.unknown"),
        (IdleDetail.CONTINUOUSLY, "R6.still"),
        (IdleDetail.NEWLY, "R6.newly"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "score"),
    [
        ("a\nb\nc", "a\nb\nc\nd", 4),
        ("-" * 20, "x" * 10 + "-" * 10, 10),
        ("-" * 20, "x" * 11 + "-" * 9, 11),
        ("old\n1\n2\n3\n4\n5", "new\n1\n2\n3\n4\n5", 0),
    ],
)
def test_a_change_scores_by_lines_and_by_the_characters_of_the_last_five(before: str, after: str, score: int) -> None:
    assert LegacyMonitor._change_score(before, after) == score


@pytest.mark.parametrize(
    ("name", "agent", "manager"),
    [
        ("claude-x", True, False),
        ("CLAUDE-X", True, False),
        ("claude", False, False),
        ("shipment", True, True),
        ("rpm", True, True),
        ("ops-manager", False, True),
        ("my-claude-x", False, False),
        ("devops", True, False),
        ("Backend", True, False),
        ("engineering", True, False),
        ("writer", False, False),
        ("pm:old", True, True),
        ("old:pm", False, False),  # cut at the colon
    ],
)
def test_a_window_is_an_agents_or_a_managers_by_words_in_its_name(name: str, agent: bool, manager: bool) -> None:  # noqa: FBT001
    stage = Stage({"s:0 claude-first": "busy", f"s:7 {name}": "busy"})
    report = stage.cycle()
    assert (stage.pane("s:7") in report.verdicts) is agent
    assert ("spawn_manager" not in wanted(report)) is manager


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("connection lost", "Network/Connection"),
        ("quota exceeded", "Rate Limiting"),
        ("401 unauthorized", "Authentication"),
        ("server overloaded", "Server Error"),
        ("model overloaded", "Capacity"),
        ("API error", "API Error"),
        ("bye", None),
    ],
)
def test_the_cause_of_a_crash_is_labelled_by_words(text: str, label: str | None) -> None:
    assert LegacyMonitor._label_failure(text) == label


@pytest.mark.parametrize(
    ("after", "reset"),
    [
        ("3pm (UTC)", "3pm"),
        ("3:05PM (utc)", "3:05PM"),
        (" \n 03am\n(UTC)", "03am"),
        ("3pm\xa0(UTC)", "3pm"),
        ("3:75pm (UTC)", "3:75pm"),  # 1.12: minutes are not validated here
        ("3pm(UTC)", None),
        ("3pm (CET)", None),
        ("3 pm (UTC)", None),
        ("3:5pm (UTC)", None),
        ("15:00 (UTC)", None),
        ("0am (UTC)", None),
        ("13pm (UTC)", None),
    ],
)
def test_a_limit_is_two_phrases_and_a_time_of_day(after: str, reset: str | None) -> None:
    text = f"CLAUDE usage limit reached.\nYour limit will reset at {after}"
    assert LegacyMonitor._limit_reset(text) == reset
    assert LegacyMonitor._limit_reset(text.replace("usage limit", "limit")) is None


@pytest.mark.parametrize(
    ("now", "reset", "seconds"),
    [
        ("09:00:00", "9:30am", 1920),
        ("09:00:30", "9:30am", 1890),
        ("09:30:00", "9:30am", 0),  # 1.12: at or before now is tomorrow, and that is stale
        ("09:00:00", "1pm", 14520),
        ("09:00:00", "1:01pm", 0),
        ("23:50:00", "12:30am", 2520),
        ("00:10:00", "12am", 0),
        ("11:59:30", "12pm", 150),
    ],
)
def test_a_limit_is_slept_for_until_its_reset_and_two_minutes_more(now: str, reset: str, seconds: int) -> None:
    monitor = LegacyMonitor()
    monitor._clock = VirtualClock(datetime.fromisoformat(f"2026-03-05T{now}+00:00").timestamp())
    assert monitor._seconds_until(reset) == seconds


def test_a_limit_without_a_valid_minute_hides_no_other_agents_limit() -> None:
    stage = Stage({"s:0 pm": "busy", "s:1 claude-a": "limit 1:75pm", "s:2 claude-b": "limit 12:30pm"})
    assert wanted(stage.cycle())["pause_session"].pane == stage.pane("s:2")


def test_every_known_quirk_is_named_by_its_number_where_it_lives() -> None:
    source = Path(inspect.getfile(LegacyMonitor)).read_text(encoding="utf-8")
    assert {int(number) for number in re.findall(r"#(\d+)", source)} == set(range(1, 19))
