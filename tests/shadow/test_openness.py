"""One rule for "open": the judge's tallies, the lists and the reports agree on any stream of bouts and decisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory import build, clusters
from shadow_cases import T0, one
from test_clusters import accepted, played

from shadow.bout import Bout
from shadow.differences import DiffClass
from shadow.expected import ExpectedRegister, shipped
from shadow.labels import Label, Referee, Right
from shadow.openness import CeilingCounts, ClusterCounts, review
from shadow.report.record import waits
from shadow.signoffs import NOBODY_SAID, Settlement, Signoffs
from shadow.tallies import Tallies

NOW = T0 + 500
NOTHING = ExpectedRegister()
SAMPLES = played(
    (one("busy"), one("idle")),
    (one("crashed", "kill_window"), one("idle")),
    (one("crashed", "notify_manager:crash"), one("idle")),
    (one("idle", "notify_manager:idle"), one("busy")),
    (one("busy", rule="R2"), one("idle", "notify_manager:idle", rule="claude.composer.empty")),
    (one("busy"), one("busy")),
    register=shipped(),
)
NAMES = sorted({bout.difference.cluster for bout in SAMPLES if bout.difference is not None})
LABELS = st.one_of(
    st.none(),
    st.builds(Label, right=st.sampled_from(Right), by=st.sampled_from(Referee), alone=st.booleans()),
)
BOUTS = st.lists(st.tuples(st.sampled_from(SAMPLES), LABELS, st.booleans()), max_size=60)
ACCEPTED = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from([0.01, 0.05, 0.5, 1.0]), st.sampled_from([100, 1000])), max_size=4
)
SETTLED = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(Right)), max_size=2)


def made(rows: list[tuple[Bout, Label | None, bool]]) -> list[Bout]:
    return [_one(bout, label, noisy=noisy) for bout, label, noisy in rows]


def _one(bout: Bout, label: Label | None, *, noisy: bool) -> Bout:
    difference = bout.difference
    if difference is not None and noisy:
        difference = difference.model_copy(update={"klass": DiffClass.NOISE})
    return bout.model_copy(update={"label": label, "difference": difference})


def decided(signed: list[tuple[str, float, int]], settled: list[tuple[str, Right]]) -> Signoffs:
    signoffs = NOBODY_SAID
    for name, ceiling, expires in signed:
        signoffs = signoffs.accept(accepted(name, ceiling=ceiling, expires=expires))
    for name, right in settled:
        signoffs = signoffs.settle(Settlement(cluster=name, right=right, owner="ann", at=T0))
    return signoffs


@given(
    before=BOUTS, now=BOUTS, signed=ACCEPTED, settled=SETTLED, register=st.sampled_from([shipped(), NOTHING]), cut=...
)
def test_judge_lists_and_reports_name_the_same_open_clusters(
    before: list[tuple[Bout, Label | None, bool]],
    now: list[tuple[Bout, Label | None, bool]],
    signed: list[tuple[str, float, int]],
    settled: list[tuple[str, Right]],
    register: ExpectedRegister,
    cut: int,
) -> None:
    earlier, running, signoffs = made(before), made(now), decided(signed, settled)
    place = abs(cut) % (len(running) + 1)
    tallies = Tallies().count(earlier, register).next_stage()
    tallies = tallies.count(running[:place], register).count(running[place:], register)
    rows = clusters([*earlier, *running], NOW, register=register, signoffs=signoffs, stage=tallies)
    report = build(
        [*earlier, *running], NOW, incumbent="a", candidate="b", register=register, signoffs=signoffs, stage=tallies
    )
    judged = tallies.open(signoffs, register, NOW)
    assert judged == tuple(sorted(row.id for row in rows if row.open))
    assert judged == tuple(sorted(row.id for row in report.open_clusters))
    assert judged == tuple(sorted(row.id for row, _ in report.noted if waits(row)))


@given(rows=BOUTS, late=st.lists(LABELS, max_size=60))
def test_labels_that_come_late_count_like_labels_that_were_there(
    rows: list[tuple[Bout, Label | None, bool]], late: list[Label | None]
) -> None:
    first = made(rows)
    then = [
        bout.model_copy(update={"label": label})
        for bout, label in zip(first, [*late, *[None] * len(first)], strict=False)
    ]
    changed = zip(first, then, strict=True)
    assert Tallies().count(first, shipped()).relabel(changed, shipped()) == Tallies().count(then, shipped())


def test_a_signed_off_cluster_above_its_ceiling_is_open_for_the_judge_and_in_the_list() -> None:
    (differing,) = played((one("crashed", "kill_window"), one("idle")))
    (agreeing,) = played((one("busy"), one("busy")))
    bouts = [differing] * 50 + [agreeing] * 50
    name = differing.fingerprint.cluster
    signed = NOBODY_SAID.accept(accepted(name, ceiling=0.05))
    (row,) = clusters(bouts, NOW, signoffs=signed)
    assert Tallies().count(bouts, NOTHING).open(signed, NOTHING, NOW) == (name,)
    assert (row.open, row.over_ceiling, row.accepted, row.reopened) == (True, True, False, "ceiling")


def test_a_difference_in_states_alone_waits_for_no_decision() -> None:
    (row,) = clusters(played((one("busy"), one("idle"))), NOW)
    assert (row.severity, row.open) == ("state", False)


@pytest.mark.parametrize(
    ("bouts", "decided_for", "decided_against", "is_open"),
    [(100, 60, 0, False), (100, 50, 0, True), (100, 57, 3, False), (100, 56, 4, True), (100, 0, 60, True)],
)
def test_a_cluster_is_proven_by_more_than_half_decided_and_95_percent_of_them_for_the_candidate(
    bouts: int,
    decided_for: int,
    decided_against: int,
    is_open: bool,  # noqa: FBT001 - a column
) -> None:
    counts = ClusterCounts(
        bouts=bouts,
        actions=bouts,
        unexpected=bouts,
        decided=decided_for + decided_against,
        for_candidate=decided_for,
    )
    assert review("d-1", counts, CeilingCounts(), NOBODY_SAID, NOTHING, NOW).open is is_open


def test_ceilings_count_over_all_stages_of_one_plan_and_pair_of_monitors() -> None:
    (differing,) = played((one("crashed", "kill_window"), one("idle")))
    (agreeing,) = played((one("busy"), one("busy")))
    signed = NOBODY_SAID.accept(accepted(differing.fingerprint.cluster, ceiling=0.05))
    shadow = Tallies().count([differing] * 50 + [agreeing] * 50, NOTHING)
    canary = shadow.next_stage().count([differing], NOTHING)
    assert canary.open(signed, NOTHING, NOW) == (differing.fingerprint.cluster,)


def test_one_unexpected_action_opens_a_cluster_that_is_expected_else() -> None:
    expected = (one("busy", rule="R2"), one("idle", "notify_manager:idle", rule="claude.composer.empty"))
    (known,) = played(expected, register=shipped())
    (other,) = played((one("busy", rule="R2"), one("idle", "submit_draft", rule="x.y")), register=shipped())
    assert known.fingerprint.cluster == other.fingerprint.cluster
    assert Tallies().count([known], shipped()).open(NOBODY_SAID, shipped(), NOW) == ()
    (row,) = clusters([known, other], NOW, register=shipped())
    assert (row.open, row.expected, len(row.kinds)) == (True, None, 2)
