"""The report's first line: every bout that differs is in one of four places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from in_memory import build, clusters
from report_samples import T0, bout, day, report, side, signed_off

from shadow.differences import DiffClass
from shadow.expected import shipped
from shadow.labels import Referee, Right
from shadow.report import Balance, BoutPlace, Rate, Ruling, ShadowReport, formatting
from shadow.report.balance import Sorter
from shadow.signoffs import NOBODY_SAID, Settlement, Signoffs

if TYPE_CHECKING:
    from shadow.bout import Bout

IDLE, BUSY = side("idle", "R6"), side("busy", "claude.spinner")
TELLS = side("idle", "R6", "notify_manager:idle")


def places(bouts: list[Bout], signoffs: Signoffs = NOBODY_SAID) -> list[BoutPlace | None]:
    rows = clusters(bouts, T0 + 60, register=shipped(), signoffs=signoffs)
    sorter = Sorter(rows, shipped())
    return [sorter.place(one) for one in bouts]


def ruled(verdict: str, state: str = "running", *reasons: str, rates: tuple[Rate, ...] = ()) -> ShadowReport:
    made = report(day())
    ruling = Ruling.model_validate(
        {
            "word": "Watching",
            "sentence": "held, because so",
            "verdict": verdict,
            "state": state,
            "reasons": reasons,
            "next": "beta",
        }
    )
    return made.model_copy(update={"ruling": ruling, "rates": rates or made.rates})


def test_the_first_line_says_what_is_dealt_with_and_what_needs_a_person() -> None:
    assert "".join(formatting.first_line(report(day()))) == (
        "22 differences: 12 known, 5 settled for the candidate, 2 against it, 3 undecided, 2 decisions need you"
    )


def test_a_single_one_needs_you() -> None:
    assert formatting.first_line(report([bout(0, TELLS, BUSY)]))[1] == "1 decision needs you"


def test_a_difference_in_states_alone_needs_nobody() -> None:
    assert formatting.first_line(report([bout(0, IDLE, BUSY)]))[1] == "nothing needs you"


def test_the_first_line_counts_the_decisions_that_wait_also_where_each_bout_is_decided() -> None:
    made = report([bout(n, TELLS, BUSY, right="candidate" if n % 2 else "incumbent") for n in range(10)])
    assert made.balance.needs_you == 0
    assert formatting.first_line(made)[1] == "1 decision needs you"
    assert formatting.decisions(made).startswith("1 decision waits for you")


def test_clusters_that_are_still_settling_are_not_called_no_differences() -> None:
    fresh = bout(0, TELLS, BUSY).difference
    assert fresh is not None
    line = "".join(formatting.first_line(report([bout(0, BUSY, BUSY)], differences=[(T0, fresh)])))
    assert line == "No settled difference yet: 1 cluster still settling, nothing needs you"


def test_where_all_agree_nothing_needs_you() -> None:
    assert "".join(formatting.first_line(report([bout(0, BUSY, BUSY)]))) == (
        "No differences: 1 bout and all agree, nothing needs you"
    )


def test_an_agreement_has_no_place() -> None:
    assert places([bout(0, BUSY, BUSY)]) == [None]


@pytest.mark.parametrize(
    ("right", "place"),
    [
        (None, BoutPlace.YOURS),
        ("candidate", BoutPlace.FOR),
        ("both", BoutPlace.FOR),
        ("incumbent", BoutPlace.AGAINST),
        ("neither", BoutPlace.AGAINST),
    ],
)
def test_a_label_says_where_a_bout_belongs(right: str | None, place: BoutPlace) -> None:
    assert places([bout(0, TELLS, BUSY, right=right)]) == [place]


def test_what_hindsight_may_not_decide_alone_still_needs_a_person() -> None:
    one = bout(0, TELLS, BUSY, right="candidate")
    assert one.label is not None
    sided = one.model_copy(update={"label": one.label.model_copy(update={"alone": False})})
    assert places([sided]) == [BoutPlace.YOURS]


def test_a_persons_decision_holds_for_the_bouts_without_a_label() -> None:
    one = bout(0, IDLE, BUSY)
    word = Settlement(cluster=one.fingerprint.cluster, right=Right.INCUMBENT, owner="ann", at=T0)
    assert places([one], NOBODY_SAID.settle(word)) == [BoutPlace.AGAINST]


def test_what_is_signed_off_is_known() -> None:
    one = bout(0, IDLE, BUSY)
    assert places([one], signed_off(one.fingerprint.cluster)) == [BoutPlace.KNOWN]


def test_what_is_expected_is_known() -> None:
    bouts = day()
    expected = [place for one, place in zip(bouts, places(bouts), strict=True) if one.why_not]
    assert expected == [BoutPlace.KNOWN] * 12


def test_what_was_expected_but_is_more_frequent_than_that_needs_a_person() -> None:
    assert places([one for one in day() if one.why_not]) == [BoutPlace.YOURS] * 12


def test_what_was_expected_of_the_candidate_and_proven_wrong_is_against_it_and_the_rest_needs_a_person() -> None:
    expected = [one for one in day() if one.why_not]
    wrong = bout(1, expected[0].incumbent, expected[0].candidate, register=shipped(), right="incumbent")
    agreements = [bout(n, BUSY, BUSY) for n in range(20)]
    assert places([wrong, *expected[:2], *agreements])[:3] == [BoutPlace.AGAINST, BoutPlace.YOURS, BoutPlace.YOURS]


def test_a_cluster_in_which_the_candidate_was_proven_needs_nobody() -> None:
    assert places([bout(n, TELLS, BUSY, right="candidate" if n else None) for n in range(4)])[0] is BoutPlace.KNOWN


def test_noise_is_known_whichever_monitor_was_right() -> None:
    one = bout(0, IDLE, BUSY, right="incumbent", by=Referee.PERSON)
    assert one.difference is not None
    noisy = one.model_copy(update={"difference": one.difference.model_copy(update={"klass": DiffClass.NOISE})})
    assert places([noisy]) == [BoutPlace.KNOWN]


def test_the_places_add_up_to_the_bouts_that_differ() -> None:
    made = report(day())
    assert made.balance == Balance(known=12, settled_for=5, settled_against=2, needs_you=3)
    assert made.balance.total == made.bouts - made.agreeing == sum(note.balance.total for note in made.notes)
    assert made.balance.total == sum(one.balance.total for one in made.timeline.slices)


def test_the_verdict_is_the_headline_that_every_face_says_and_ends_with_the_bound() -> None:
    bound = "Proven: the candidate is wrong in fewer than 14.37 % of the scored spells (3 of 52)."
    assert formatting.judged(ruled("hold", "held", "so")) == f"Watching: held, because so. {bound}"


def test_a_bound_is_rounded_up_and_never_down() -> None:
    assert [formatting.bound(share) for share in (0.01, 0.010001, 0.00123, None)] == ["1 %", "1.01 %", "0.13 %", "-"]


def test_without_a_scored_spell_nothing_is_proven() -> None:
    none = Rate(name="wrong", bouts=0, events=0, bound=1.0, limit=0.01, needed=341)
    assert (
        formatting.shown(ruled("continue", rates=(none,)))
        == "Nothing is proven yet in this stage: no spell has been scored."
    )
    assert formatting.judged(build([], T0, incumbent="a", candidate="b")).strip() == (
        "Nothing was judged: these are counts, not proofs."
    )


def test_decisions_due_are_the_clusters_without_a_review() -> None:
    assert (
        formatting.decisions(report(day()))
        == "2 decisions wait for you, 1 of them with bouts in which the candidate was wrong"
    )
    assert formatting.decisions(report([])) == "No decision waits for you"


def test_before_a_bout_of_a_cluster_has_settled_there_is_nothing_to_decide() -> None:
    fresh = bout(0, side("crashed"), side("error", "", "notify_manager:error")).difference
    assert fresh is not None
    made = report(day(), differences=[(T0, fresh)])
    (cluster,) = [one for one in made.clusters if one.id == fresh.cluster]
    assert not cluster.open
    assert cluster not in made.open_clusters
    assert formatting.cluster_status(cluster) == "still settling"
    assert len(made.open_clusters) == len(report(day()).open_clusters)
