"""Exposure seen against exposure asked: valid at every look, and it passes again."""

import random

from rollout.judgement.exposure import LeaseBook


def noted(book: LeaseBook, owned: list[bool], start: int = 0) -> LeaseBook:
    for number, own in enumerate(owned, start):
        book = book.note([(f"team#{number}", own)])
    return book.note([])


def test_a_share_that_is_not_reached_is_shown_and_said() -> None:
    book = noted(LeaseBook(), [True, False, True, False, False, True, False])
    assert "the candidate owned 3 of 7 leases that were due" in book.shown_missing


def test_a_lease_that_slips_away_at_a_restart_now_and_then_is_not_missing() -> None:
    rng, shown = random.Random(5), 0  # noqa: S311 - the same leases in every run
    for _ in range(300):
        book = LeaseBook()
        for number in range(60):
            book = book.note([(f"s#{number}", rng.random() >= 0.02)])
            shown += bool(book.shown_missing)
            if book.shown_missing:
                break
    assert shown <= 3 + 5  # 1 % of 300, with three standard errors


def test_it_passes_again_once_enough_leases_were_owned() -> None:
    book = noted(LeaseBook(), [False, False])
    assert book.shown_missing
    assert not noted(book, [True] * 300, start=2).shown_missing
