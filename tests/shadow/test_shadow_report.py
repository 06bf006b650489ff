"""The shadow-diff report in its forms, and one difference in full."""

import json
import re

import pytest
from in_memory import build
from shadow_cases import T0, Watching, report, shot, tape, verdict, want

from shadow.compare import compare
from shadow.expected import shipped
from shadow.report import Rate, ShadowReport, Surroundings, as_json, as_markdown, as_text, formatting, show
from shadow.report.inert import cells
from shadow.signoffs import NOBODY_SAID, Acceptance

OURS = report(
    [
        verdict("%1", "crashed", "R3.prompt", lines=("me@box:~$ ",)),
        verdict("%2", "busy"),
        verdict("%3", "busy", "R2"),
        verdict("%4"),
    ],
    [want("kill_window"), want("notify_manager:idle", "%4")],
)
THEIRS = report(
    [
        verdict("%1", "idle", "some.rule", lines=("│ > `日本語`  │", "x|y")),
        verdict("%2", "busy"),
        verdict("%3", "idle", "claude.composer.empty"),
        verdict("%4"),
    ],
    [want("notify_manager:idle"), want("notify_manager:idle", "%3"), want("notify_manager:idle", "%4", 3)],
    "new",
)
RATES = (
    Rate(name="wrong", bouts=120, events=1, bound=0.043, limit=0.01, needed=341),
    Rate(name="wrong", stratum="busy", bouts=0, events=0, limit=0.1, needed=33),
    Rate(name="wrong", stratum="waiting_approval", bouts=12_345, events=12, limit=0.1, needed=7_654),
)


@pytest.fixture(scope="module")
def made() -> ShadowReport:
    watching = Watching(register=shipped())
    for at in range(3):
        watching.look(at, OURS, THEIRS, tape(T0 + at, shot("$ ", processes=("bash",))))
    watching.look(3, report(), report()).wait(20)
    cluster = next(bout.difference.cluster for bout in watching.bouts if bout.difference and bout.pane == "%1")
    signed = Acceptance(cluster=cluster, owner="ann", reason="known | fine", at=T0, expires=T0 + 86400, ceiling=0.5)
    return build(
        watching.bouts,
        T0 + 20,
        incumbent="legacy 1.0",
        candidate="modular 1.0",
        around=Surroundings(stage="canary", rates=RATES),
        register=shipped(),
        signoffs=NOBODY_SAID.accept(signed),
    )


def test_the_report_counts_what_agrees_what_differs_and_what_does_not_count(made: ShadowReport) -> None:
    assert (made.bouts, made.agreeing, made.differing) == (4, 1, {"action": 2, "detail": 1})
    assert (made.counted, made.not_counted) == (3, {"expected": 1})
    assert (made.rights, made.by_hindsight, made.unlabelled) == ({"incumbent": 1}, 1, 1)
    assert (made.panes, made.sessions) == (4, 1)


def test_what_is_expected_stands_beside_the_rate_with_its_ceiling(made: ShadowReport) -> None:
    assert [(row.id, row.bouts, row.share, row.ceiling) for row in made.expected] == [
        ("old-thinking-words", 1, 0.25, 0.1)
    ]


def test_the_text_stays_within_80_columns(made: ShadowReport) -> None:
    for line in as_text(made).splitlines():
        assert cells(line) <= 80


@pytest.mark.parametrize(
    "said", ["1/120", "4.3 %", "341", "7,654", "known | fine", "legacy 1.0", "canary", "some.rule"]
)
def test_the_text_tells_rates_bounds_sign_offs_and_rules(made: ShadowReport, said: str) -> None:
    assert said in as_text(made)


def test_what_waits_for_a_person_is_told_first_and_then_the_gravest(made: ShadowReport) -> None:
    rows = tuple(one.model_copy(update={"open": one.severity == "detail"}) for one in made.clusters)
    text = as_text(made.model_copy(update={"clusters": rows}))
    order = re.findall(r"(ACTION|STATE|DETAIL)[^\n]*\n +(OPEN)?", text)
    assert order == [("DETAIL", "OPEN"), ("ACTION", ""), ("ACTION", "")]


def test_both_verdicts_stand_side_by_side_with_the_lines_that_fired(made: ShadowReport) -> None:
    rows = [line for line in as_text(made).splitlines() if " | " in line]
    assert any(re.search(r"crashed +\| idle", row) for row in rows)
    assert any("me@box:~$" in row for row in rows)


def test_no_bar_in_a_markdown_table_comes_from_what_people_wrote(made: ShadowReport) -> None:
    tables = [line for line in as_markdown(made).splitlines() if line.startswith("| ")]
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in tables if "known" in line.replace("not known yet", "")}
    assert widths == {6}


def test_what_panes_printed_stands_in_fences_that_it_cannot_close(made: ShadowReport) -> None:
    forged = made.clusters[0].example.incumbent.model_copy(update={"lines": ("```", "# not a heading")})
    example = made.clusters[0].example.model_copy(update={"incumbent": forged})
    cluster = made.clusters[0].model_copy(update={"example": example})
    text = as_markdown(made.model_copy(update={"clusters": (cluster,)}))
    fence = next(line for line in text.splitlines() if line.endswith("text") and line.startswith("`"))
    assert fence == "````text"


def test_the_json_carries_its_schema_and_goes_round(made: ShadowReport) -> None:
    assert json.loads(as_json(made))["schema"] == 1
    assert ShadowReport.model_validate_json(as_json(made)) == made


def test_a_report_of_nothing_says_so() -> None:
    empty = build([], T0, incumbent="a 1", candidate="b 2")
    assert "0 bouts of 0 panes in 0 sessions" in as_text(empty)
    assert "0 bouts" in as_markdown(empty)
    assert (empty.since, empty.until) == (None, None)


def test_one_difference_in_full_marks_the_lines_that_fired() -> None:
    difference = compare(OURS, THEIRS, shipped())[0]
    pane = shot("hello\x07\n│ > `日本語`  │\nme@box:~$ \nboth\n\n")
    text = show(difference, pane, ours="legacy", theirs="modular")
    assert "> │ > `日本語`  │" in text.splitlines()
    assert "< me@box:~$" in text.splitlines()
    assert "  both" in text.splitlines()
    assert "root['state']: crashed -> idle" in text
    assert "\x07" not in text
    assert all(cells(line) <= 80 for line in text.splitlines())


def test_one_difference_is_shown_without_its_pane_where_no_tape_was_kept() -> None:
    text = show(compare(OURS, THEIRS)[0])
    assert "the pane" not in text
    assert "rule R3.prompt" in text


@pytest.mark.parametrize(
    ("share", "said"), [(None, "-"), (0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.034, "3.4 %"), (1.0, "100.0 %")]
)
def test_shares_are_said_with_one_decimal_and_never_rounded_to_nothing(share: float | None, said: str) -> None:
    assert formatting.percent(share) == said


@pytest.mark.parametrize(("seconds", "said"), [(5, "5 s"), (90, "1 min"), (3700, "1 h 1 min"), (90_000, "1 d 1 h")])
def test_durations_are_said_in_their_largest_units(seconds: float, said: str) -> None:
    assert formatting.duration(seconds) == said
