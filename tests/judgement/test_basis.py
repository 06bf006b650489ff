"""What the evidence rests on, and what happens to a monitor that changes in the middle of a look."""

from types import SimpleNamespace
from typing import Any

import pytest

from rollout.loop.analysis import Analysis, Basis
from rollout.loop.basis import changes, drop_changed_monitors
from rollout.loop.hosting.host import HostAnswer
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from understudy import CycleReport
from understudy.wire import Introduction

BASIS = Basis(plan="p1", incumbent="legacy 1", candidate="modular 1")


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"candidate": "modular 2"}, "begins in shadow"),
        ({"incumbent": "legacy 2"}, "the evidence starts again"),
        ({"plan": "p2"}, "the evidence starts again"),
    ],
)
def test_each_change_is_a_sentence(update: dict[str, str], words: str) -> None:
    (sentence,) = changes(BASIS, BASIS.model_copy(update=update))
    assert words in sentence


def test_what_was_not_known_before_is_no_change() -> None:
    assert changes(Basis(), BASIS) == ()
    assert changes(BASIS, BASIS) == ()


def runtime(**versions: str) -> Any:
    hosts = {
        part: SimpleNamespace(introduction=Introduction(monitor=name, version=versions[part], says=()))
        for part, name in ((MonitorRole.INCUMBENT, "legacy"), (MonitorRole.CANDIDATE, "modular"))
    }
    return SimpleNamespace(hosts=hosts)


def test_who_came_up_in_another_version_in_the_middle_of_a_look_is_not_heard() -> None:
    reports = {part: CycleReport(cycle="c", monitor="m", version="1") for part in MonitorRole}
    looked = Observation("c", {part: HostAnswer(report, None) for part, report in reports.items()}, {})
    loop_state = LoopState(analysis=Analysis(basis=BASIS))
    assert drop_changed_monitors(runtime(incumbent="1", candidate="1"), loop_state, looked) == looked
    left = drop_changed_monitors(runtime(incumbent="1", candidate="2"), loop_state, looked).answers
    assert left[MonitorRole.INCUMBENT].report is not None
    assert left[MonitorRole.CANDIDATE].report is None
    assert "came up as modular 2" in left[MonitorRole.CANDIDATE].text
    assert left[MonitorRole.CANDIDATE].backing_off  # it failed nothing
