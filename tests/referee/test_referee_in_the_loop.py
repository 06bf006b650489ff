"""The loop tells the referee what the harness did, and not what persons did."""

from __future__ import annotations

from typing import Any, cast

from referee_cases import FRAME_S, FRAMES, LOOK_S, MANAGER, T0, Drawn, report, rest

from rollout.judgement.plans import DEFAULT_PLAN
from rollout.loop.acting.episode import Episode, EpisodeBook, Rules
from rollout.loop.acting.settling import Effects
from rollout.loop.analysis import Analysis
from rollout.loop.hosting.host import HostAnswer
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from rollout.loop.shadowing import ShadowComparer
from rollout.store.ledger.records import DeliveryRow
from shadow.expected import shipped
from understudy import Frame, Tape

QUIET, TYPED = rest(), (rest(draft="f"), rest(draft="fix"))


def named(*looks: tuple[Drawn, Effects, frozenset[str]]) -> list[str]:
    """What the referee names when the loop shows it these looks, with what the harness and persons did before each."""
    shadowing, analysis, found = ShadowComparer(cast("Any", None), DEFAULT_PLAN, shipped()), Analysis(), list[str]()
    for number, (drawn, effects, typed) in enumerate(looks):
        at = T0 + LOOK_S * number
        shots = (drawn.shot(), MANAGER.shot("%9"))
        tape = Tape(id=f"t{number}", frames=tuple(Frame(at=at + FRAME_S * n, panes=shots) for n in range(FRAMES)))
        answer = HostAnswer(report=report("idle"), memory=None)
        looked = Observation(f"c{number}", dict.fromkeys(MonitorRole, answer), {}, tape, None, typed)
        shadowed = shadowing.enter(analysis, looked, effects, tape.at, float("inf"))
        analysis = shadowed.analysis
        found += [str(spell.named) for spell in shadowed.spells if spell.pane == "%1"]
    return found


def watch(effects: Effects, typed: frozenset[str]) -> list[str]:
    """A rest, then typing, of which the harness or a person is the cause."""
    none, still = Effects(), frozenset[str]()
    looks = [(QUIET, none, still)] * 3 + [(one, effects, typed) for one in TYPED] + [(rest("new"), none, still)] * 3
    return named(*looks)


PANE = frozenset({"%1"})


def test_what_a_person_types_says_what_the_pane_was() -> None:
    assert "idle" in watch(Effects(), PANE)


def test_keys_of_the_harness_say_nothing() -> None:
    assert watch(Effects(touched=PANE), frozenset()) == []


def test_what_follows_a_notice_says_nothing_of_the_rest_before() -> None:
    assert "idle" not in watch(Effects(noticed=PANE), frozenset())


class Deliveries:
    """A ledger in which every delivery was done to the manager's pane."""

    def delivery(self, name: str) -> DeliveryRow:
        return DeliveryRow(name, "e", "notify_manager", "%9", "done", T0, "", finished_at=T0, done=True)


def test_a_notice_that_was_delivered_is_known_by_the_panes_that_it_was_about() -> None:
    def episode(pane: str, intent_key: str) -> Episode:
        return Episode(
            id=f"e-{pane}",
            intent_key=intent_key,
            pane=pane,
            pid=1,
            session="s",
            opened_at=T0,
            voices={},
            pending=f"d-{pane}",
        )

    episodes = {one.id: one for one in (episode("%1", "notify_manager:idle"), episode("%2", "submit_draft"))}
    loop_state = LoopState(book=EpisodeBook(episodes=episodes))
    effects = loop_state.take_ends(cast("Any", Deliveries()), Rules())
    assert effects == Effects(touched=frozenset({"%9"}), noticed=frozenset({"%1"}))
