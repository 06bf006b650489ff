"""Clusters and what people say of them."""

import pytest
from in_memory import build, clusters
from pydantic import ValidationError
from shadow_cases import T0, Watching, one, report, shot, tape

from shadow.bouts import Bout, Right
from shadow.compare import compare
from shadow.differences import DiffClass
from shadow.expected import ExpectedRegister, shipped
from shadow.openness import shown_above
from shadow.signoffs import NOBODY_SAID, Acceptance, Settlement, Signoffs
from shadow.tallies import Tallies

BUSY_IDLE = (one("busy"), one("idle"))
KILLING = (one("crashed", "kill_window"), one("idle"))
EXPECTED = (one("busy", rule="R2"), one("idle", "notify_manager:idle", rule="claude.composer.empty"))


def played(*pairs: tuple[object, object], register: ExpectedRegister | None = None, dead: bool = False) -> list[Bout]:
    watching = Watching(register=register or ExpectedRegister())
    for number, (ours, theirs) in enumerate(pairs):
        film = tape(T0 + 20 * number, shot("$ ", processes=("bash",))) if dead else None
        watching.look(20 * number, ours, theirs, film)  # type: ignore[arg-type]
        watching.look(20 * number + 1, report(), report()).wait(20 * number + 9)
    return watching.bouts


def accepted(cluster: str, ceiling: float = 0.5, expires: float = 1000) -> Acceptance:
    return Acceptance(cluster=cluster, owner="ann", reason="known", at=T0, expires=T0 + expires, ceiling=ceiling)


def test_the_gravest_cluster_comes_first_then_the_most_frequent() -> None:
    rows = clusters(played(BUSY_IDLE, BUSY_IDLE, KILLING, (one("idle"), one("error")), (one("busy"), one("busy"))), T0)
    assert [(row.severity, row.bouts, row.share) for row in rows] == [
        ("action", 1, 0.2),
        ("state", 2, 0.4),
        ("state", 1, 0.2),
    ]


def test_a_cluster_counts_bouts_evidence_and_agents_and_knows_when() -> None:
    elsewhere = (one("busy", pane="%2"), one("idle", pane="%2"))
    (row,) = clusters(played(BUSY_IDLE, BUSY_IDLE, elsewhere), T0)
    assert (row.bouts, row.counted, row.agents) == (3, 3, 2)
    assert (row.first_seen - T0, row.last_seen - T0) == (0, 40)


def test_a_difference_is_seen_before_its_first_bout_is_settled_and_waits_for_nobody_until_then() -> None:
    (row,) = clusters([], T0, differences=[(T0 + 5, difference) for difference in compare(*KILLING)])
    assert (row.bouts, row.share, row.first_seen - T0, row.open) == (0, 0.0, 5, False)


def test_a_cluster_of_no_difference_in_judgement_waits_for_no_person() -> None:
    source = compare(*BUSY_IDLE)[0].model_copy(update={"klass": DiffClass.LIVE_MISMATCH})
    (row,) = clusters([], T0, differences=[(T0, source)])
    assert (row.klass, row.open) == ("live_mismatch", False)


def test_an_expected_cluster_bears_its_entry_and_waits_for_no_person() -> None:
    (row,) = clusters(played(EXPECTED, register=shipped()), T0, register=shipped())
    assert (row.expected, row.counted, row.open) == ("old-thinking-words", 0, False)


def test_an_expected_cluster_that_hindsight_contradicts_is_open() -> None:
    like_an_idle_one = (one("crashed", "kill_window", rule="R3.prompt"), one("idle", rule="claude.composer.empty"))
    (row,) = clusters(played(like_an_idle_one, register=shipped(), dead=True), T0, register=shipped())
    assert (row.expected, row.contradicted, row.counted, row.open) == ("sign-is-prompt-at-rest", 1, 1, True)


def test_the_report_counts_what_hindsight_contradicts() -> None:
    like_an_idle_one = (one("crashed", "kill_window", rule="R3.prompt"), one("idle", rule="claude.composer.empty"))
    bouts = played(like_an_idle_one, register=shipped(), dead=True)
    (row,) = build(bouts, T0, incumbent="a", candidate="b", register=shipped()).expected
    assert (row.id, row.contradicted) == ("sign-is-prompt-at-rest", 1)


def test_a_cluster_is_proven_where_the_panes_spoke_for_the_candidate() -> None:
    (row,) = clusters(played((one("busy"), one("crashed")), dead=True), T0)
    assert (row.rights, row.by_hindsight, row.proven, row.open) == ({Right.CANDIDATE: 1}, 1, True, False)
    (row,) = clusters(played((one("crashed", "kill_window"), one("busy")), dead=True), T0)
    assert (row.rights, row.proven, row.open) == ({Right.INCUMBENT: 1}, False, True)


def test_a_sign_off_holds_from_its_beginning_to_its_end() -> None:
    signoffs = NOBODY_SAID.accept(accepted("d-1", expires=10))
    holds = [signoffs.acceptance("d-1", T0 + at) is not None for at in (-1, 0, 9.9, 10)]
    assert holds == [False, True, True, False]


def test_a_withdrawn_sign_off_stays_on_record() -> None:
    signoffs = NOBODY_SAID.accept(accepted("d-1")).withdraw("d-1", T0 + 5)
    assert signoffs.acceptance("d-1", T0 + 6) is None
    assert [entry.expires - T0 for entry in signoffs.accepted] == [5]


def test_the_latest_decision_on_a_cluster_counts() -> None:
    signoffs = NOBODY_SAID
    for right in (Right.INCUMBENT, Right.BOTH):
        signoffs = signoffs.settle(Settlement(cluster="d-1", right=right, owner="ann", at=T0))
    settlement = signoffs.settlement("d-1")
    assert settlement is not None
    assert (settlement.right, settlement.label.by, settlement.label.reason) == ("both", "person", "settled by ann")
    assert signoffs.settlement("d-2") is None


def test_a_settled_or_signed_off_cluster_waits_for_nobody() -> None:
    bouts = played(KILLING)
    (row,) = clusters(bouts, T0)
    assert row.open
    (signed,) = clusters(bouts, T0, signoffs=Signoffs().accept(accepted(row.id, ceiling=1)))
    settlement = Settlement(cluster=row.id, right=Right.CANDIDATE, owner="ann", at=T0)
    (settled,) = clusters(bouts, T0, signoffs=Signoffs().settle(settlement))
    assert [(one.open, one.accepted, one.settled) for one in (signed, settled)] == [
        (False, True, None),
        (False, False, "candidate"),
    ]


def test_a_sign_off_whose_ceiling_is_shown_to_be_breached_holds_no_more() -> None:
    bouts = played(*[KILLING] * 10)
    (row,) = clusters(bouts, T0)
    signoffs = NOBODY_SAID.accept(accepted(row.id, ceiling=0.1))
    (row,) = clusters(bouts, T0, signoffs=signoffs)
    assert (row.accepted, row.over_ceiling, row.open) == (False, True, True)
    counted = Tallies().count(bouts, ExpectedRegister())
    assert counted.holding(signoffs, T0).accepted == ()
    within = NOBODY_SAID.accept(accepted(row.id, ceiling=1))
    assert counted.holding(within, T0) == within


def test_an_entry_whose_ceiling_is_shown_to_be_breached_is_named() -> None:
    many, few = played(*[EXPECTED] * 10, register=shipped()), played(EXPECTED, register=shipped())
    assert Tallies().count(many, shipped()).breached(shipped()) == ("old-thinking-words",)
    assert Tallies().count(few, shipped()).breached(shipped()) == ()
    (row,) = clusters(many, T0, register=shipped())
    assert (row.over_ceiling, row.open) == (True, True)


@pytest.mark.parametrize(
    ("count", "total", "ceiling", "shown"),
    [
        (0, 0, 0.1, False),
        (1, 1, 0.1, False),
        (3, 3, 0.1, True),
        (10, 100, 0.1, False),
        (30, 100, 0.1, True),
        (9, 9, 1, False),
    ],
)
def test_a_bad_beginning_is_no_breach(count: int, total: int, ceiling: float, shown: bool) -> None:  # noqa: FBT001 - a column
    assert shown_above(count, total, ceiling) is shown


@pytest.mark.parametrize("bad", [{"expires": T0}, {"owner": ""}, {"reason": ""}, {"ceiling": 0}, {"ceiling": 1.1}])
def test_a_sign_off_needs_an_owner_a_reason_an_end_and_a_ceiling(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Acceptance.model_validate(accepted("d-1").model_dump() | bad)


def test_what_people_said_goes_through_json_unharmed() -> None:
    signoffs = NOBODY_SAID.accept(accepted("d-1")).settle(
        Settlement(cluster="d-2", right=Right.NEITHER, owner="bob", reason="both miss it", at=T0)
    )
    assert Signoffs.model_validate_json(signoffs.model_dump_json()) == signoffs
