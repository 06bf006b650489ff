"""Odd input: whatever the eyes show, a report comes back."""

from collections.abc import Sequence
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import EMPTY_BOX, STILL
from tests.legacy.stage import NOON, Stage
from tmuxio.sources import TapeClock, TapeSource
from understudy import CycleReport, Frame, PaneShot, ProblemKind, SessionEntry, Tape, VirtualClock, WindowEntry
from understudy.failures import SourceFailed
from understudy.outcomes import EVERYTHING

PIECES = st.sampled_from(
    ["╭─", "╰─", "│ >", "│", "│\xa0>", "\n", "$", "…", "·", "thinking", "\xa0", "Try", "assistant:"]
)
SCREENS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=40).map("".join)


@given(st.lists(SCREENS, min_size=4, max_size=4), st.text(max_size=12))
def test_no_screen_and_no_name_makes_it_fail(shown: list[str], name: str) -> None:
    class Odd:
        def sessions(self) -> Sequence[SessionEntry]:
            return [SessionEntry("s x", "", "")]

        def windows(self, session: str) -> Sequence[WindowEntry]:
            assert session == "s x"
            return [WindowEntry("0", "pm", True, "%0", 0), WindowEntry("1", f"claude-{name}", False, "%1", 1)]

        def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
            del gap_s
            return shown[-looks:] if target.endswith("1") else [EMPTY_BOX] * looks

    clock, monitor = VirtualClock(NOON), LegacyMonitor()
    for _ in range(2):
        report = monitor.cycle("c", Odd(), clock, EVERYTHING, ())
        assert report.problems == ()
        assert set(report.verdicts) == {"%0", "%1"}
        assert CycleReport.model_validate_json(report.model_dump_json()) == report


class Failing(Stage):
    """The eyes fail for one target, or for the windows of one session."""

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        if target == "s:1" and looks > 1:
            raise OSError("the pipe broke")
        if target == "s:2" and looks > 1:
            raise SourceFailed(ProblemKind.PANE_VANISHED, "%9", "it vanished")
        return super().capture(target, looks, gap_s)

    def windows(self, session: str) -> Sequence[WindowEntry]:
        if session == "t":
            raise OSError("no such session")
        return super().windows(session)


def test_one_agents_failure_is_kept_to_itself_and_told() -> None:
    stage = Failing(
        {
            "s:0 pm": "busy",
            "s:1 claude-a": "idle",
            "s:2 claude-b": "idle",
            "s:3 claude-c": "idle",
            "t:0 claude-d": "idle",
        }
    )
    report = stage.cycle()
    assert set(report.verdicts) == {stage.pane("s:0"), stage.pane("s:3")}
    assert [(problem.kind, problem.subject) for problem in report.problems] == [
        (ProblemKind.SESSION_UNREADABLE, "t"),
        (ProblemKind.AGENT_FAILED, "s:1"),
        (ProblemKind.PANE_VANISHED, "%9"),
    ]


class Gone(Stage):
    def sessions(self) -> NoReturn:
        raise SourceFailed(ProblemKind.NO_SERVER, "/tmp/socket", "no server")  # noqa: S108


def test_a_server_that_cannot_be_seen_at_all_is_said_to_be_unseen() -> None:
    with pytest.raises(SourceFailed):
        Gone({}).cycle()


def test_no_sessions_are_no_agents_and_no_intents() -> None:
    report = Stage({}).cycle()
    assert (report.verdicts, report.intents, report.pause_s) == ({}, (), 0.0)


def test_fewer_looks_than_asked_for_are_made_do_with() -> None:
    class Short(Stage):
        def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
            return [] if target == "s:1" else super().capture(target, min(looks, 2), gap_s)

    stage = Short({"s:0 pm": "idle", "s:1 claude-a": "idle"})
    states = {verdict.window: verdict.state for verdict in stage.cycle().verdicts.values()}
    assert states == {"pm": "idle", "claude-a": "error"}


def shot(pane: str, index: int, window: str, text: str) -> PaneShot:
    return PaneShot(
        pane=pane,
        pid=100 + index,
        session="s",
        session_id="$0",
        session_created=1,
        window_id=f"@{index}",
        window_index=index,
        window=window,
        ansi=text,
    )


def test_it_watches_a_tape_as_it_watches_a_server() -> None:
    def frame(number: int) -> Frame:
        working = f"{number * 1111:08d} tokens, {number * 777:06d} s\n{EMPTY_BOX}"
        panes = (shot("%0", 0, "Claude-pm", working), shot("%1", 1, "claude-dev", STILL["idle"]))
        return Frame(at=NOON + 0.3 * number, panes=panes)

    tape = Tape(id="t", frames=tuple(frame(number) for number in range(4)))
    report = LegacyMonitor().cycle("c", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
    assert {pane: (str(v.state), v.pid, v.since) for pane, v in report.verdicts.items()} == {
        "%0": ("busy", 100, NOON + 0.9),
        "%1": ("idle", 101, NOON + 0.9),
    }
    assert [(intent.kind, intent.pane, intent.target) for intent in report.intents] == [("notify_manager", "%1", "%0")]
