"""Signals hold, and pass again; in dry run they are only shown."""

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.evidence import Evidence
from rollout.judgement.judge import judge
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.seen import JudgementContext
from rollout.judgement.signals import MB, CycleUsage, Signal, SignalBook, Signals

LIMITS = Signals()


def after(*usages: CycleUsage, gap_s: float = 10.0, book: SignalBook | None = None, start: float = 0.0) -> SignalBook:
    book = book or SignalBook()
    for number, usage in enumerate(usages):
        book = book.fold(usage, start + number * gap_s)
    return book


def holding(book: SignalBook, limits: Signals = LIMITS) -> set[Signal]:
    return {reading.signal for reading in book.readings(limits) if reading.holds}


def test_a_process_that_grows_beyond_its_limit_holds_and_one_that_is_large_does_not() -> None:
    large = [CycleUsage(rss_bytes=900 * MB)] * 100
    assert holding(after(*large)) == set()
    leaking = [CycleUsage(rss_bytes=(80 + 5 * number) * MB) for number in range(100)]
    assert holding(after(*leaking)) == {Signal.MEMORY}


def test_a_tmux_server_that_grows_holds() -> None:
    growing = [CycleUsage(tmux_rss_bytes=(20 + 3 * number) * MB) for number in range(100)]
    assert holding(after(*growing)) == {Signal.TMUX_MEMORY}


def test_a_candidate_that_burns_a_core_holds_until_it_stops() -> None:
    burning = after(*[CycleUsage(cpu_s=8.0)] * 60)
    assert holding(burning) == {Signal.CPU}
    calm = after(*[CycleUsage(cpu_s=0.1)] * 100, book=burning, start=1000.0)
    assert holding(calm) == set()


def test_a_candidate_that_tells_far_more_than_the_incumbent_holds() -> None:
    both = [
        CycleUsage(
            intent_keys={"incumbent": frozenset({f"n{number // 60}"}), "candidate": frozenset({f"n{number // 6}"})}
        )
        for number in range(720)
    ]
    assert holding(after(*both)) == {Signal.NOTICES}
    alike = [
        CycleUsage(intent_keys=dict.fromkeys(("incumbent", "candidate"), frozenset({f"n{n // 6}"}))) for n in range(720)
    ]
    assert holding(after(*alike)) == set()


def test_what_is_in_dry_run_or_has_no_limit_holds_nothing() -> None:
    burning = after(*[CycleUsage(cpu_s=8.0)] * 60)
    shown = Signals(dry_run=frozenset({Signal.CPU}))
    assert holding(burning, shown) == set()
    assert Signal.CPU in {reading.signal for reading in burning.readings(shown)}
    assert Signal.CPU not in {reading.signal for reading in burning.readings(Signals(cpu=None))}


def test_the_judge_holds_with_the_signal_in_a_sentence() -> None:
    readings = after(*[CycleUsage(cpu_s=8.0)] * 60).readings(LIMITS)
    judgement = judge(Stage.SHADOW, Evidence(), JudgementContext(signals=readings), DEFAULT_PLAN, 0.0)
    assert judgement.verdict is Verdict.HOLD
    assert any("cpu: 0.8 of one core, more than 0.5" in reason for reason in judgement.reasons)
    assert judgement.signals == readings


def test_a_book_of_signals_goes_through_json_unharmed() -> None:
    book = after(
        CycleUsage(rss_bytes=MB, cpu_s=1.0, intent_keys={"incumbent": frozenset({"a"}), "candidate": frozenset()})
    )
    assert SignalBook.model_validate_json(book.model_dump_json()) == book
