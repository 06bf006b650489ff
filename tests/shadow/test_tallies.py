"""Clusters counted bout by bout say the same as clusters made of the whole list."""

import random

import pytest
from in_memory import clusters
from shadow_cases import T0
from test_clusters import BUSY_IDLE, EXPECTED, KILLING, accepted, played

from shadow.bouts import Bout
from shadow.expected import ExpectedRegister, shipped
from shadow.grouping import BoutsInMemory
from shadow.labels import Label, Referee, Right
from shadow.openness import CeilingCounts
from shadow.signoffs import NOBODY_SAID, Settlement, Signoffs
from shadow.tallies import Tallies


def whole(bouts: list[Bout], signoffs: Signoffs, register: ExpectedRegister) -> tuple[str, ...]:
    rows = clusters(bouts, T0 + 500, register=register, signoffs=signoffs)
    return tuple(sorted(row.id for row in rows if row.open))


def labelled(bouts: list[Bout], seed: int) -> list[Bout]:
    chance = random.Random(seed)  # noqa: S311 - the same bouts in every run
    rights = [None, None, *Right]
    return [
        bout.model_copy(update={"label": None if (right := chance.choice(rights)) is None else _said(right)})
        if bout.difference
        else bout
        for bout in bouts
    ]


def _said(right: Right) -> Label:
    return Label(right=right, by=Referee.HINDSIGHT, reason="it moved on")


@pytest.mark.parametrize("seed", range(12))
def test_the_clusters_that_wait_for_a_person_are_those_of_the_whole_list(seed: int) -> None:
    bouts = labelled(played(BUSY_IDLE, KILLING, EXPECTED, KILLING, EXPECTED, register=shipped()), seed)
    tallies = Tallies().count(bouts[:2], shipped()).count(bouts[2:], shipped())
    assert tallies.open(NOBODY_SAID, shipped(), T0 + 500) == whole(bouts, NOBODY_SAID, shipped())


def test_a_label_that_comes_late_counts_like_one_that_was_there() -> None:
    bouts = played(KILLING)
    late = [bout.model_copy(update={"label": _said(Right.CANDIDATE)}) for bout in bouts]
    tallies = Tallies().count(bouts, ExpectedRegister())
    assert len(tallies.open(NOBODY_SAID, ExpectedRegister(), T0)) == 1
    later = tallies.relabel(zip(bouts, late, strict=True), ExpectedRegister())
    assert later.open(NOBODY_SAID, ExpectedRegister(), T0) == ()


def test_a_settled_cluster_waits_for_no_person() -> None:
    bouts = played(KILLING)
    (cluster,) = Tallies().count(bouts, ExpectedRegister()).clusters
    word = Settlement(cluster=cluster, right=Right.INCUMBENT, owner="ann", at=T0)
    assert Tallies().count(bouts, ExpectedRegister()).open(NOBODY_SAID.settle(word), ExpectedRegister(), T0) == ()


def test_a_sign_off_holds_until_it_expires_or_its_ceiling_is_passed() -> None:
    bouts = played(KILLING)
    tallies = Tallies().count(bouts, ExpectedRegister())
    (cluster,) = tallies.clusters
    signed = NOBODY_SAID.accept(accepted(cluster, ceiling=0.5, expires=100))
    assert tallies.open(signed, ExpectedRegister(), T0 + 1) == ()
    assert tallies.open(signed, ExpectedRegister(), T0 + 101) == (cluster,)
    many = tallies.model_copy(update={"ceilings": CeilingCounts(total=100, clusters={cluster: 90})})
    assert many.open(signed, ExpectedRegister(), T0 + 1) == (cluster,)


def test_an_entry_that_is_more_frequent_than_it_allows_is_breached_in_both_counts() -> None:
    bouts = played(*[EXPECTED] * 12, register=shipped())
    in_groups = CeilingCounts.of_groups(BoutsInMemory(bouts).groups).breached(shipped())
    assert in_groups
    assert Tallies().count(bouts, shipped()).breached(shipped()) == in_groups


def test_a_sign_off_holds_for_the_versions_it_was_given_for() -> None:
    bouts = played(KILLING)
    tallies = Tallies().count(bouts, ExpectedRegister())
    (cluster,) = tallies.clusters
    given = accepted(cluster, ceiling=1.0, expires=100).model_copy(update={"monitors": ("old 1", "new 1")})
    signed = NOBODY_SAID.accept(given)
    assert tallies.open(signed.under(("old 1", "new 1")), ExpectedRegister(), T0 + 1) == ()
    assert tallies.open(signed.under(("old 1", "new 2")), ExpectedRegister(), T0 + 1) == (cluster,)
