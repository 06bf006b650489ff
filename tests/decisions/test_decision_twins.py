"""The fast twins say what the product says: on drawn streams, and on drawn fleets."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sequential_twin import NEVER, proven_at, rolled_back_at
from simulated_fleet import LOOK_S, WANTS, SettledBout, Stretch, Trouble, bouts_of, fleet

from contract import AgentState, AgentVerdict, CycleReport, Notice, NotifyManager, Role, SubmitDraft, Why
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import Process, Tally, proven
from shadow.bouts import Bout, BoutBook, Look, advance
from shadow.compare import compare

PROCESSES = [
    Process(0.001, 0.01, 100),
    Process(0.001, 0.01, 667),
    Process(0.1, 0.1, 100),
    Process(0.5, 0.5, 667),
    Process(0.001, 0.01, 1e4, open_ended=True),
    Process(0.1, 0.1, 1e3, open_ended=True),
]


@given(st.sampled_from(PROCESSES), st.integers(0, 10**6), st.sampled_from([0.001, 0.01, 0.1, 0.6]))
@settings(max_examples=40, deadline=None)
def test_both_call_the_rollback_at_the_same_observation(process: Process, seed: int, rate: float) -> None:
    streams = np.random.default_rng(seed).random((3, 700)) < rate
    assert rolled_back_at(streams, process).tolist() == [alarm(process, stream) for stream in streams]


@given(st.integers(0, 10**6), st.sampled_from([0.001, 0.01, 0.05]), st.sampled_from([0.005, 0.01, 0.1]))
@settings(max_examples=40, deadline=None)
def test_both_call_the_proof_at_the_same_observation(seed: int, rate: float, bound: float) -> None:
    streams = np.random.default_rng(seed).random((3, 900)) < rate
    assert proven_at(streams, bound, 0.05).tolist() == [proof_at(stream, bound) for stream in streams]


def alarm(process: Process, stream: np.ndarray) -> int:
    tally = Tally()
    for number, event in enumerate(stream.tolist(), 1):
        tally = process.fold(tally, event=event)
        if process.crossed(tally):
            return number
    return NEVER


def proof_at(stream: np.ndarray, bound: float) -> int:
    events = 0
    for number, event in enumerate(stream.tolist(), 1):
        events += event
        if proven(bound, 0.05, number, events):
            return number
    return NEVER


TROUBLES = [
    Trouble(0.1),
    Trouble(0.3, alike=0.2),
    Trouble(0.3, episode_s=900.0),
    Trouble(0.4, episode_s=300.0, begins_s=3600.0),
    Trouble(0.4, episode_s=30.0),
]


@given(st.sampled_from(TROUBLES), st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_both_make_the_same_bouts_of_a_fleet(trouble: Trouble, seed: int) -> None:
    hours, rules = 3.0, DEFAULT_PLAN.bout_rules
    panes = list(fleet(random.Random(seed), 2, hours, trouble))  # noqa: S311 - the same fleet for everybody
    fast = [bout for pane, time in enumerate(panes) for bout in bouts_of(pane, time, hours * 3600, rules)]
    assert sorted(map(plain, fast)) == sorted(looked_at(panes, hours * 3600))
    assert fast


def plain(bout: SettledBout) -> tuple[object, ...]:
    kind = bout.kind
    wants = sorted(kind.incumbent_wants), sorted(kind.candidate_wants)
    return bout.settled_at, bout.began, bout.pane, kind.incumbent, kind.candidate, *wants, bout.counts


def looked_at(panes: list[list[Stretch]], until: float) -> list[tuple[object, ...]]:
    """The product's own way: a report of each monitor at every look, compared, and entered into the book of bouts."""
    book, found = BoutBook(), list[tuple[object, ...]]()
    for number in range(int(until // LOOK_S) + 1):
        now = number * LOOK_S
        standing = [max((one for one in time if one.began <= now), key=lambda one: one.began) for time in panes]
        incumbent = report(now, [one.incumbent for one in standing])
        candidate = report(now, [one.candidate for one in standing])
        look = Look(at=now, incumbent=incumbent, candidate=candidate, differences=compare(incumbent, candidate))
        book, settled = advance(book, look, now, rules=DEFAULT_PLAN.bout_rules)
        found += [as_plain(bout, now) for bout in settled]
    return found


def as_plain(bout: Bout, now: float) -> tuple[object, ...]:
    states = bout.incumbent.state, bout.candidate.state
    wants = sorted(bout.incumbent.wants), sorted(bout.candidate.wants)
    return now, bout.began, int((bout.pane or "%0")[1:]), *states, *wants, bout.counts


def report(now: float, states: list[AgentState]) -> CycleReport:
    verdicts, intents = dict[str, AgentVerdict](), list[NotifyManager | SubmitDraft]()
    for number, state in enumerate(states):
        pane = f"%{number}"
        verdicts[pane] = AgentVerdict(
            pane=pane, pid=1, session="s", window="claude-dev", window_index=number, role=Role.WORKER, agent="claude",
            state=state, since=now, why=Why(rule=state),
        )  # fmt: skip
        about = {"pane": pane, "pid": 1, "session": "s", "reason": "so it is", "at": now}
        for wish in WANTS[state]:
            kind, _, of = wish.partition(":")
            if kind == "submit_draft":
                intents.append(SubmitDraft(**about, target=pane))
            else:
                intents.append(NotifyManager(**about, target="%9", about=Notice(of), text="so it is", section="X"))
    return CycleReport(cycle=f"c{now}", monitor="m", version="1", verdicts=verdicts, intents=tuple(intents))


@pytest.mark.parametrize("trouble", [Trouble(0.1), Trouble(0.1, alike=0.2), Trouble(0.1, episode_s=900.0)])
def test_a_fleet_is_wrong_as_often_as_asked(trouble: Trouble) -> None:
    hours = 30.0
    wrong = total = 0.0
    for time in fleet(random.Random(3), 400, hours, trouble):  # noqa: S311
        ends = [*(one.began for one in time[1:]), hours * 3600]
        for one, end in zip(time, ends, strict=True):
            if one.incumbent is not AgentState.CRASHED:  # of which the candidate is always right
                total += end - one.began
                wrong += (end - one.began) * (one.incumbent is not one.candidate)
    assert wrong / total == pytest.approx(trouble.share, rel=0.15)
