"""The demo's picture in a small terminal, its lines without one, and its JSON."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from rollout.faces.demo.display import ROWS, picture, progress_line, summary
from rollout.faces.demo.renderer import JsonRenderer, LogRenderer, TerminalRenderer, choose_renderer
from rollout.faces.demo.view import STAGES, DemoEvent, DemoOutcome, DemoTransition, DemoView, EventKind, Gauge

if TYPE_CHECKING:
    from rollout.faces.demo.renderer import Renderer

GAUGES = tuple(Gauge(f"action_difference in notice_of_{n}", 20 + n, n % 3, n * 3, n / 9) for n in range(10))
STEPS = (
    DemoTransition(44.2, "shadow", "canary", "judge", "every guardrail is below its bound"),
    DemoTransition(91.0, "canary", "beta", "judge", "every guardrail is below its bound"),
)
LONG = DemoView(
    elapsed_s=83.4,
    stage="canary",
    state="running",
    exposure_percent=5,
    verdict="continue",
    reasons=("action_difference in notice_crash needs 11 more clean bouts " * 3,),
    agents=21,
    cycles=70,
    bouts=212,
    delivered=31,
    held_back=4,
    gauges=GAUGES,
    differences=tuple(f"shop:%{n} developer 界面 idle / waiting_approval " * 3 for n in range(9)),
    steps=STEPS,
    regression=True,
    next="the promotion to beta " * 9,
)
WHOLE = DemoOutcome(STAGES, rolled_back=True, steps=STEPS, report="/state/report.md", elapsed_s=201.0)


def drawn(view: DemoView, width: int = 80) -> list[str]:
    console = Console(width=width, height=24, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(picture(view, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("view", [LONG, DemoView()], ids=["full", "empty"])
@pytest.mark.parametrize("width", [80, 60, 120])
def test_a_picture_never_wraps_and_always_has_as_many_lines(view: DemoView, width: int) -> None:
    lines = drawn(view, width)
    assert len(lines) == ROWS < 24
    assert max(cell_len(line) for line in lines) <= width


def test_a_picture_shows_stage_exposure_bouts_evidence_differences_and_what_is_next() -> None:
    view = DemoView(
        stage="beta",
        exposure_percent=50,
        bouts=33,
        gauges=(Gauge("failure", 12, 1, 15, 0.25),),
        differences=("shop %7 idle / waiting_approval",),
        next="promotion to production",
    )
    text = "\n".join(drawn(view))
    for said in (
        "beta",
        "50 %",
        "33 bouts",
        "failure",
        "+15",
        "shop %7 idle / waiting_approval",
        "promotion to production",
    ):
        assert said in text


def test_the_gauge_nearest_to_a_rollback_is_never_left_out() -> None:
    calm = tuple(Gauge(f"calm {n}", 30, 0, 0, 0.0) for n in range(12))
    assert "grave" in "\n".join(drawn(DemoView(gauges=(*calm, Gauge("grave", 30, 9, 0, 0.9)))))


def test_a_gauge_without_anything_needed_is_proven_and_one_without_data_is_not() -> None:
    assert Gauge("x", 0, 0, 0, 0.0).proven == 1.0
    assert Gauge("x", 0, 0, 27, 0.0).proven == 0.0
    assert Gauge("x", 9, 0, 18, 0.0).proven == pytest.approx(1 / 3)


def test_progress_in_one_line_says_what_is_missing_most() -> None:
    line = progress_line(LONG)
    assert line.startswith("1:23 canary 5 % (running): 70 cycles, 212 bouts")
    assert line.endswith("notice_of_9 needs 27 more")


def test_the_summary_says_who_was_promoted_when_why_the_report_and_what_to_type() -> None:
    text = "\n".join(summary(WHOLE, ["understudy status"]))
    assert "0:44  shadow -> canary by judge: every guardrail" in text
    assert "/state/report.md" in text
    assert "understudy status" in text


def test_a_demo_that_went_wrong_says_so_and_is_not_whole() -> None:
    broken = DemoOutcome(("shadow",), rolled_back=False, steps=(), report="", elapsed_s=9.0, trouble="tmux went away")
    assert not broken.whole
    assert WHOLE.whole
    assert "tmux went away" in summary(broken, [])[0]


@pytest.mark.parametrize("stages", [STAGES[:3], ()])
def test_a_demo_without_every_stage_is_not_whole(stages: tuple[str, ...]) -> None:
    assert not DemoOutcome(stages, rolled_back=True, steps=(), report="", elapsed_s=1.0).whole


def test_json_ends_with_one_done_line_as_promised(capsys: pytest.CaptureFixture[str]) -> None:
    program = JsonRenderer()
    program.tell(DemoEvent(EventKind.STARTED, 0.0, "it begins", {"agents": 21}))
    for second in range(30):
        program.show(DemoView(elapsed_s=float(second)))
    program.end(WHOLE, ["understudy status"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["demo.started", "demo.progress", "demo.progress", "demo.done"]
    assert all(line["schema"] == 1 for line in lines)
    done = lines[-1]
    assert done["stages"] == ["shadow", "canary", "beta", "production"]
    assert done["rolled_back"] is True
    assert done["ok"] is True
    assert done["transitions"][0]["to"] == "canary"


def test_without_a_terminal_there_is_a_line_an_event_and_no_escape(capsys: pytest.CaptureFixture[str]) -> None:
    log: Renderer = choose_renderer(as_json=False)
    assert isinstance(log, LogRenderer)
    log.tell(DemoEvent(EventKind.STARTED, 0.0, "it begins"))
    log.show(LONG)
    log.end(WHOLE, [])
    out = capsys.readouterr().out
    assert "0:00 it begins\n1:23 canary" in out
    assert "\x1b" not in out


def test_a_person_sees_the_picture_and_keeps_the_summary(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    person = TerminalRenderer()
    person.tell(DemoEvent(EventKind.STARTED, 0.0, "it begins"))
    person.show(LONG)
    person.end(WHOLE, ["understudy status"])
    out = capsys.readouterr().out
    assert "0:00 it begins" in out
    assert "Type next:" in out
