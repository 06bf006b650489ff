"""The basis of the evidence, and a monitor that changes in the middle of a look."""

from types import SimpleNamespace
from typing import Any

import pytest

from rollout.loop.analysis import Basis
from rollout.loop.basis import changes, drop_changed_monitors
from rollout.loop.hosting.host import HostAnswer
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


def hosts(**versions: str) -> Any:
    return {
        part: SimpleNamespace(introduction=Introduction(monitor=name, version=versions[part], says=()))
        for part, name in ((MonitorRole.INCUMBENT, "legacy"), (MonitorRole.CANDIDATE, "modular"))
    }


def test_a_monitor_that_changed_its_version_in_the_middle_of_a_look_is_dropped() -> None:
    reports = {part: CycleReport(cycle="c", monitor="m", version="1") for part in MonitorRole}
    looked = Observation("c", {part: HostAnswer(report, None) for part, report in reports.items()}, {})
    assert drop_changed_monitors(hosts(incumbent="1", candidate="1"), BASIS, looked) == looked
    left = drop_changed_monitors(hosts(incumbent="1", candidate="2"), BASIS, looked).answers
    assert left[MonitorRole.INCUMBENT].report is not None
    assert left[MonitorRole.CANDIDATE].report is None
    assert "started as modular 2" in left[MonitorRole.CANDIDATE].text
    assert left[MonitorRole.CANDIDATE].backing_off  # it failed nothing
