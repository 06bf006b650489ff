"""The sequential test: its figures, its exactness, and its risks in seeded runs."""

import math
import random
from statistics import median

import pytest

from rollout.judgement.sequential import (
    EventTally,
    EvidenceProcess,
    alternatives,
    block,
    needed,
    proof,
    proven,
    upper_bound,
)

BUDGET, BOUND = 0.001, 0.01


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same run for everybody, not a secret


def clean(bouts: int) -> EventTally:
    return EventTally(bouts=bouts)


@pytest.mark.parametrize(("bouts", "bound"), [(341, 0.01), (684, 0.005), (67, 0.05), (33, 0.10), (27, 0.12), (5, 0.5)])
def test_so_many_clean_bouts_and_not_one_less_prove_a_bound(bouts: int, bound: float) -> None:
    assert needed(bound, 0.05, clean(0)) == bouts
    assert needed(bound, 0.05, clean(bouts)) == 0
    assert needed(bound, 0.05, clean(bouts - 1)) == 1


@pytest.mark.parametrize(("bouts", "events"), [(1, 0), (27, 0), (341, 0), (500, 3), (2000, 11)])
def test_the_bound_shown_is_where_the_proof_just_succeeds(bouts: int, events: int) -> None:
    shown = upper_bound(0.05, EventTally(bouts=bouts, events=events))
    assert proof(shown + 1e-9, bouts, events) >= 20
    assert proof(shown - 1e-6, bouts, events) < 20
    assert shown > events / bouts


def test_nothing_but_events_shows_no_bound() -> None:
    assert upper_bound(0.05, EventTally(bouts=4, events=4)) == 1.0
    assert upper_bound(0.05, EventTally()) == 1.0


def test_an_event_costs_more_clean_bouts_than_none() -> None:
    for bouts in (1, 100, 341):
        assert needed(BOUND, 0.05, EventTally(bouts=bouts, events=1)) > needed(BOUND, 0.05, clean(bouts))


@pytest.mark.parametrize("budget", [0.0005, 0.001, 0.01, 0.1, 0.12, 0.3, 0.5])
def test_at_the_budget_the_expected_stake_never_grows(budget: float) -> None:
    process = EvidenceProcess(unsafe=budget, promote=budget, limit=100)
    rng = dice(7)
    tally = EventTally()
    for _ in range(2 * block(budget) + 3):  # over two fresh stakes
        before = process.e_value(tally)
        after = (process.fold(tally, event=True), process.fold(tally, event=False))
        expected = budget * process.e_value(after[0]) + (1 - budget) * process.e_value(after[1])
        assert expected == pytest.approx(before, rel=1e-12)
        tally = after[rng.random() >= budget]


@pytest.mark.parametrize("bound", [0.005, 0.01, 0.1, 0.12, 0.5])
def test_at_the_bound_the_expected_proof_never_grows(bound: float) -> None:
    for bouts, events in ((0, 0), (10, 1), (300, 2)):
        expected = bound * proof(bound, bouts + 1, events + 1) + (1 - bound) * proof(bound, bouts + 1, events)
        assert expected == pytest.approx(proof(bound, bouts, events), rel=1e-12)


@pytest.mark.parametrize("budget", [0.001, 0.12, 0.5])
def test_all_stakes_together_are_one(budget: float) -> None:
    process, tally, laid = EvidenceProcess(unsafe=budget, promote=budget, limit=100), EventTally(), []
    for _ in range(4000):
        tally = process.fold(tally, event=False)
        laid.append(tally.laid)
    assert laid == sorted(laid)
    assert laid[-1] < 1
    assert 1 - laid[-1] == pytest.approx(0.5 / (1 + (3999 // block(budget))), rel=1e-9)


@pytest.mark.parametrize(("budget", "most"), [(0.5, 40), (0.1, 18)])
def test_always_wrong_is_shown_soon_also_after_seven_hundred_right_ones(budget: float, most: int) -> None:
    process, tally = EvidenceProcess(unsafe=budget, promote=budget, limit=667), EventTally()
    for _ in range(713):
        tally = process.fold(tally, event=False)
    while not process.crossed(tally):
        tally = process.fold(tally, event=True)
    assert tally.events <= most


@pytest.mark.parametrize("budget", [1e-6, 0.001, 0.1, 0.12, 0.249, 0.25, 0.5, 0.99])
def test_every_alternative_lies_between_the_budget_and_certainty(budget: float) -> None:
    rates = alternatives(budget)
    assert len(rates) > 0
    assert all(budget < rate < 1 for rate in rates)


def alarm_at(process: EvidenceProcess, rates: list[tuple[int, float]], rng: random.Random) -> int | None:
    tally, seen = EventTally(), 0
    for count, rate in rates:
        for _ in range(count):
            seen += 1
            tally = process.fold(tally, event=rng.random() < rate)
            if process.crossed(tally):
                return seen
    return None


def test_a_candidate_at_its_budget_is_rolled_back_in_at_most_one_stage_of_a_hundred() -> None:
    # the limit is lowered tenfold, so that few runs show what would take thousands: the claim is alpha at any limit
    process, rng, runs = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=10), dice(2), 120
    wrong = sum(alarm_at(process, [(2000, BUDGET)], rng) is not None for _ in range(runs))
    assert wrong / runs <= 0.10 + 3 * math.sqrt(0.10 * 0.90 / runs)
    strict = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=100)
    false = sum(alarm_at(strict, [(3000, BUDGET)], rng) is not None for _ in range(100))
    assert false <= 1 + 3


@pytest.mark.parametrize(
    ("limit", "rate", "most_median", "most_late"),
    [(100, 0.01, 450, 1050), (100, 0.05, 50, 115), (500, 0.01, 560, 1250), (500, 0.05, 60, 130)],
)
def test_a_regression_is_caught_within_its_figures(limit: float, rate: float, most_median: int, most_late: int) -> None:
    rng, process = dice(11), EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=limit)
    delays = sorted(alarm_at(process, [(4000, rate)], rng) or 4000 for _ in range(150))
    tolerance = 1.15  # 3 standard errors of a median of 150
    assert median(delays) <= most_median * tolerance
    assert delays[int(len(delays) * 0.9)] <= most_late * 1.25


@pytest.mark.parametrize("budget", [0.001, 0.1, 0.5])
@pytest.mark.parametrize("open_ended", [False, True])
def test_many_clean_ones_at_once_come_to_the_same_to_the_last_bit(budget: float, *, open_ended: bool) -> None:
    process, rng = EvidenceProcess(unsafe=budget, promote=budget, limit=100, open_ended=open_ended), dice(19)
    slow = fast = EventTally()
    for _ in range(12):
        many = rng.randrange(0, 300)
        for _ in range(many):
            slow = process.fold(slow, event=False)
        slow, fast = process.fold(slow, event=True), process.fold(process.fold_clean(fast, many), event=True)
        assert slow == fast


@pytest.mark.parametrize(("rate", "most"), [(0.01, 950), (0.05, 100)])
def test_a_regression_after_a_long_clean_past_is_caught_nearly_as_fast(rate: float, most: int) -> None:
    rng, process = dice(5), EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=100)
    past = EventTally()
    while past.bouts < 10_000:
        past = process.fold(past, event=past.bouts in {1500, 2700, 4100, 5200, 6600, 7400, 8900})  # near its budget
    delays = []
    for _ in range(60):
        tally = past
        while not process.crossed(tally):
            tally = process.fold(tally, event=rng.random() < rate)
        delays.append(tally.bouts - past.bouts)
    assert median(delays) <= most * 1.2


def test_in_a_stage_without_end_a_late_regression_is_caught_faster_still() -> None:
    rng, process = dice(3), EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=1e6, open_ended=True)
    past = EventTally()
    for _ in range(5000):
        past = process.fold(past, event=False)
    assert not process.crossed(past)
    delays = []
    for _ in range(60):
        tally = past
        while not process.crossed(tally):
            tally = process.fold(tally, event=rng.random() < 0.05)
        delays.append(tally.bouts - past.bouts)
    assert median(delays) <= 90


@pytest.mark.parametrize("bound", [0.01, 0.12])
def test_a_candidate_at_its_bound_is_promoted_in_at_most_one_stage_of_twenty(bound: float) -> None:
    rng, runs, wrong = dice(13), 400, 0
    for _ in range(runs):
        events = 0
        for bouts in range(1, 1200):
            events += rng.random() < bound
            if proven(bound, 0.05, bouts, events):
                wrong += 1
                break
    assert wrong / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert wrong > 0  # the test has teeth: it is not simply never proven


def test_what_was_counted_against_other_limits_proves_nothing() -> None:
    tally = EventTally()
    for _ in range(10):
        tally = EvidenceProcess(unsafe=0.001, promote=0.01, limit=100).fold(tally, event=True)
    changed = EvidenceProcess(unsafe=0.002, promote=0.01, limit=100).fold(tally, event=False)
    assert (changed.bouts, changed.events) == (1, 0)


def test_a_rollback_that_was_due_once_stays_due() -> None:
    process = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=100)
    tally = EventTally()
    for _ in range(3):
        tally = process.fold(tally, event=True)
    assert process.crossed(tally)
    for _ in range(5000):
        tally = process.fold(tally, event=False)
    assert process.e_value(tally) < process.limit
    assert process.crossed(tally)


def test_the_stake_stays_a_number_however_bad_it_gets() -> None:
    process, tally = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=100), EventTally()
    for _ in range(500):
        tally = process.fold(tally, event=True)
    assert all(map(math.isfinite, tally.wealth))
    assert math.isfinite(tally.peak)
    assert process.spent(tally) == 1.0


def test_how_much_is_spent_grows_from_nothing_to_all() -> None:
    process, tally, seen = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=1e6), EventTally(), [0.0]
    assert process.spent(tally) == 0.0
    while not process.crossed(tally):
        tally = process.fold(tally, event=True)
        seen.append(process.spent(tally))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
