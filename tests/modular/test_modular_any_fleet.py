"""Whatever a fleet does: one trouble is one episode, ordinals only rise, and nothing is wanted about the attended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, OURS, SHELL, DrawnSource, manager, pane
from hypothesis import given, settings
from hypothesis import strategies as st

from modular.service import MonitorService
from understudy import EVERYTHING, VirtualClock

if TYPE_CHECKING:
    from understudy import PaneShot

LIMIT = "\u276f go\n\n  ⎿ You've hit your session limit · resets 3pm (UTC)\n\n" + IDLE.partition("\n\n")[2]
SHOWN: list[dict[str, object]] = [
    {"ansi": IDLE},
    {"ansi": BUSY},
    {"ansi": DRAFT},
    {"ansi": DRAFT},
    {"ansi": OURS},
    {"ansi": APPROVAL},
    {"ansi": LIMIT},
    {"ansi": "?\n"},
    {"ansi": SHELL, "processes": ("bash",)},
    {"ansi": "", "vanished": True},
]
workers = st.fixed_dictionaries(
    {f"%{number}": st.sampled_from([None, *SHOWN]) for number in (1, 2, 3)} | {"%9": st.sampled_from([None, *SHOWN])}
)
looks = st.lists(
    st.tuples(workers, st.sampled_from([1.0, 10.0, 61.0, 400.0]), st.sampled_from([None, "%1", "%2"])),
    min_size=1,
    max_size=10,
)


@settings(max_examples=50)
@given(looks)
def test_whatever_a_fleet_does_wishes_stand_or_rise_and_the_attended_are_left_alone(
    played: list[tuple[dict[str, dict[str, object] | None], float, str | None]],
) -> None:
    clock = VirtualClock(1_800_014_400.0)
    source, service = DrawnSource(clock), MonitorService()
    before: dict[tuple[str, str | None], int] = {}
    for fleet, wait, typing in played:
        clock.sleep(wait)
        source.show(
            *(_shot(name, shown, clock.now() if name == typing else None) for name, shown in fleet.items() if shown)
        )
        report = service.cycle("c", source, clock, EVERYTHING, ())
        keys = [
            (f"{intent.kind}:{getattr(intent, 'about', '')} {intent.session}", intent.pane) for intent in report.intents
        ]
        assert len(keys) == len(set(keys)), "one intent for one thing"
        assert typing not in {intent.pane for intent in report.intents if intent.kind != "pause_session"}
        for key, intent in zip(keys, report.intents, strict=True):
            assert intent.ordinal in {1, before.get(key, 0), before.get(key, 0) + 1}
            assert "kill" not in intent.kind
            if intent.kind == "submit_draft":
                assert intent.pane is not None
                assert fleet[intent.pane] == {"ansi": OURS}
        before |= {key: intent.ordinal for key, intent in zip(keys, report.intents, strict=True)}


def _shot(name: str, shown: dict[str, object], typed_at: float | None) -> PaneShot:
    fields = {**shown, "typed_at": typed_at}
    screen = str(fields.pop("ansi"))
    return (
        manager(name, screen, **fields) if name == "%9" else pane(name, screen, window=f"claude-{name[1:]}", **fields)
    )
