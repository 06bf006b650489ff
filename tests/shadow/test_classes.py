"""NOISE and EYES: what a difference in judgement is not."""

import pytest
from shadow_cases import T0, one, report, shot, tape, verdict

from shadow.compare import compare
from shadow.differences import DiffClass
from shadow.live_check import compare_live
from shadow.noise import classify
from understudy import CycleReport, Frame, Problem, ProblemKind

OURS, THEIRS = one("busy"), one("idle", "notify_manager:idle")


@pytest.mark.parametrize(
    ("again", "klass"),
    [
        (one("idle", "notify_manager:idle"), "noise"),
        (one("busy"), "true"),
        (one("crashed", "notify_manager:idle"), "true"),
        (one("idle"), "true"),
        (report(problems=(Problem(kind=ProblemKind.SERVER_SILENT),)), "true"),
        (None, "true"),
    ],
    ids=["the same way", "not at all", "another way", "half the way", "could not look", "no second look"],
)
def test_noise_is_what_the_incumbent_does_to_itself_in_the_same_way(again: CycleReport | None, klass: str) -> None:
    (found,) = classify(compare(OURS, THEIRS), again)
    assert found.klass == klass


def test_a_pane_that_the_incumbent_loses_on_the_adjacent_tape_is_noise_where_the_candidate_did_not_see_it() -> None:
    (found,) = classify(compare(one("idle"), report()), report())
    assert found.klass is DiffClass.NOISE


def test_a_detail_that_comes_out_the_candidate_s_way_is_noise() -> None:
    newly, still = report([verdict(detail="newly")]), report([verdict(detail="continuously")])
    assert [found.klass for found in classify(compare(newly, still), still)] == ["noise"]
    assert [found.klass for found in classify(compare(newly, still), newly)] == ["true"]


def test_what_the_incumbent_could_not_look_at_again_is_not_noise() -> None:
    blind = report(problems=(Problem(kind=ProblemKind.PANE_VANISHED, subject="%1"),))
    (found,) = classify(compare(one("idle"), report()), blind)
    assert found.klass is DiffClass.TRUE


def test_what_the_incumbent_says_again_is_not_noise() -> None:
    claude, codex = report([verdict(agent="claude")]), report([verdict(agent="codex")])
    (found,) = classify(compare(claude, codex), claude)
    assert found.klass is DiffClass.TRUE


def test_still_panes_must_agree_and_moved_ones_prove_nothing() -> None:
    before = tape(T0, shot("same"), shot("moves", "%2"), shot("same", "%3"))
    after = Frame(at=T0 + 1, panes=(shot("same"), shot("moved", "%2"), shot("same", "%3")))
    on_tape = report([verdict("%1", "busy"), verdict("%2", "busy"), verdict("%3")])
    live = report([verdict("%1"), verdict("%2"), verdict("%3")])
    look = compare_live(on_tape, live, before, after)
    assert (look.compared, look.moved, look.event) == (2, 1, True)
    assert [(found.pane, found.klass) for found in look.differences] == [("%1", "live_mismatch")]


def test_a_look_at_moving_panes_only_is_no_evidence() -> None:
    before, after = tape(T0, shot("a")), Frame(at=T0 + 1, panes=(shot("b"),))
    look = compare_live(one("busy"), one("idle"), before, after)
    assert (look.counts, look.event) == (False, False)


def test_a_pane_that_moved_within_the_tape_did_not_stand_still() -> None:
    frames = (*tape(T0, shot("b")).frames, *tape(T0 + 1, shot("a")).frames)
    moving = tape(T0, shot("a")).model_copy(update={"frames": frames})
    assert compare_live(one("busy"), one("idle"), moving, Frame(at=T0 + 2, panes=(shot("a"),))).moved == 1


def test_a_pane_that_was_not_listed_afterwards_proves_nothing() -> None:
    assert compare_live(one("busy"), one("idle"), tape(T0, shot("a")), Frame(at=T0, panes=())).moved == 1


def test_still_panes_must_agree_exactly_also_where_one_look_has_nothing_to_say() -> None:
    before, after = tape(T0, shot("a")), Frame(at=T0 + 1, panes=(shot("a"),))
    look = compare_live(report([verdict(detail="fresh")]), report([verdict()]), before, after)
    assert [found.severity for found in look.differences] == ["detail"]
