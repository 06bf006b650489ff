"""An upgrade of a CLI is judged by itself: it holds until the new version is proven, and nothing else does."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.judgement.cli_versions import VersionBook
from rollout.judgement.enums import Stage
from rollout.judgement.plan import CliVersionPlan
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import risk_of_version
from shadow.referee.records import CliVersion, NamedState, NamingRule, ScoredSpell, Vote

NOW, LEASE_S = 1_000_000.0, 1800.0
BETA = risk_of_version(0.05, 1)
OLD, NEW = CliVersion(cli="codex", version="0.40.0"), CliVersion(cli="codex", version="0.41.0")
OTHER = CliVersion(cli="claude", version="2.1.34")
NUMBERS = count()


def spell(ran: CliVersion | None, candidate: Vote = Vote.RIGHT, **more: object) -> ScoredSpell:
    fields = {
        "id": f"s{next(NUMBERS)}",
        "pane": "%1",
        "pid": 1,
        "session": "team",
        "window": "w",
        "agent": ran.cli if ran is not None else "codex",
        "ran": ran,
        "began": NOW,
        "ended": NOW,
        "looks": 3,
        "named": NamedState.BUSY,
        "rule": NamingRule.PRINTED,
        "candidate": candidate,
    }
    return ScoredSpell.model_validate(fields | more)


def spells(ran: CliVersion | None, right: int, wrong: int = 0) -> list[ScoredSpell]:
    return [spell(ran) for _ in range(right)] + [spell(ran, Vote.WRONG) for _ in range(wrong)]


def held(book: VersionBook, now: float = NOW) -> list[str]:
    return [one.text.partition(". ")[0] for one in book.unproven(0.20, BETA, now, LEASE_S)]


def upgraded(*after: ScoredSpell) -> VersionBook:
    """A stage in which codex has twenty spells under one version, and then another one comes up."""
    before = VersionBook().sighted([OLD, OTHER], NOW - 60).count([*spells(OLD, 20), *spells(OTHER, 20)])
    return before.sighted([NEW, OTHER], NOW).count(after)


def test_a_version_that_comes_up_where_its_cli_has_spells_of_another_holds_with_its_count() -> None:
    assert held(upgraded(*spells(NEW, 3))) == ["codex 0.41.0 is new here: 3 of 16 scored spells"]


def test_the_hold_says_why_an_upgrade_matters() -> None:
    (one,) = upgraded().unproven(0.20, BETA, NOW, LEASE_S)
    assert one.text.endswith("Upgrades can break screen reading")


def test_it_is_lifted_by_as_many_clean_spells_as_prove_a_state() -> None:
    assert held(upgraded(*spells(NEW, 15)))
    assert held(upgraded(*spells(NEW, 16))) == []


def test_a_wrong_spell_of_the_new_version_costs_more_clean_ones() -> None:
    assert held(upgraded(*spells(NEW, 15, 1))) == ["codex 0.41.0 is new here: 16 of 30 scored spells (1 wrong)"]


def test_spells_of_other_versions_and_of_other_clis_prove_nothing_about_it() -> None:
    assert held(upgraded(*spells(OLD, 50), *spells(OTHER, 50))) == ["codex 0.41.0 is new here: 0 of 16 scored spells"]


def test_spells_that_are_not_scored_prove_nothing_about_it() -> None:
    unscored = [spell(NEW, vote) for vote in (Vote.ABSTAINED, Vote.UNSCORED)] * 20
    assert held(upgraded(*unscored, spell(NEW, known=False))) == ["codex 0.41.0 is new here: 0 of 16 scored spells"]


def test_versions_that_run_side_by_side_from_the_beginning_are_not_new() -> None:
    assert held(VersionBook().sighted([OLD, NEW], NOW).count(spells(OLD, 20)).sighted([OLD, NEW], NOW)) == []


def test_the_first_version_of_a_cli_is_not_new_however_late_it_comes() -> None:
    assert held(VersionBook().count(spells(None, 20)).count(spells(OTHER, 20)).sighted([OLD, OTHER], NOW)) == []


def test_the_version_before_may_come_back_at_once() -> None:
    back = upgraded(*spells(NEW, 3)).sighted([OLD], NOW + LEASE_S + 1)
    assert held(back, NOW + LEASE_S + 1) == []


def test_a_version_that_ran_in_no_pane_for_a_lease_holds_nothing() -> None:
    assert held(upgraded(), NOW + LEASE_S)
    assert held(upgraded(), NOW + LEASE_S + 1) == []


def test_a_crash_of_a_version_that_runs_no_more_makes_it_no_new_one() -> None:
    crashed = VersionBook().sighted([NEW], NOW).count([*spells(NEW, 5), *spells(OLD, 1)])
    assert held(crashed) == []


def test_spells_that_a_person_took_out_of_the_scoring_count_for_it_no_more() -> None:
    book = upgraded(*spells(NEW, 16))
    assert held(book) == []
    assert held(book.recount([*spells(OLD, 20), *spells(NEW, 10)])) == [
        "codex 0.41.0 is new here: 10 of 16 scored spells"
    ]


@pytest.mark.parametrize(("stage", "share"), [(Stage.SHADOW, 0.2), (Stage.CANARY, 0.2), (Stage.BETA, 0.1)])
def test_a_plan_may_ask_for_another_rate_from_a_stage_on(stage: Stage, share: float) -> None:
    assert CliVersionPlan.model_validate({"promote": {"shadow": 0.2, "beta": 0.1}}).promote_from(stage) == share


def test_the_default_plan_asks_for_one_rate_in_every_stage() -> None:
    assert {DEFAULT_PLAN.cli_versions.promote_from(stage) for stage in Stage} == {0.20}


EVERY = (OLD, NEW, OTHER, CliVersion(cli="claude", version="2.1.35"))
ENOUGH = [one for ran in EVERY for one in spells(ran, 300)]
VERSIONS = st.sampled_from(EVERY)
LOOKS = st.lists(
    st.tuples(st.frozensets(VERSIONS), st.lists(st.tuples(st.none() | VERSIONS, st.sampled_from([*Vote])), max_size=4)),
    max_size=6,
)


def played(looks: list[tuple[frozenset[CliVersion], list[tuple[CliVersion | None, Vote]]]]) -> VersionBook:
    book = VersionBook()
    for number, (running, found) in enumerate(looks):
        book = book.sighted(running, NOW + number).count([spell(ran, vote) for ran, vote in found])
    return book


def new_by(looks: list, one: CliVersion) -> bool:  # type: ignore[type-arg]
    """Whether a version is new, told from the whole story at once."""
    first = next((number for number, (running, _) in enumerate(looks) if one in running), len(looks))
    votes = [(ran, vote) for _, found in looks[:first] for ran, vote in found]
    scored = {ran for ran, vote in votes if ran is not None and vote in {Vote.RIGHT, Vote.WRONG}}
    return first < len(looks) and one not in scored and any(ran.cli == one.cli for ran in scored)


@given(LOOKS)
def test_new_is_what_first_ran_after_its_cli_had_spells_of_other_versions_alone(looks: list) -> None:  # type: ignore[type-arg]
    found = played(looks).unproven(0.20, BETA, NOW + len(looks), LEASE_S)
    assert {(one.cli, one.version) for one in found} <= {(one.cli, one.version) for one in EVERY if new_by(looks, one)}
    total = Counter(ran for _, said in looks for ran, vote in said if vote in {Vote.RIGHT, Vote.WRONG})
    for one in EVERY:
        if new_by(looks, one) and total[one] < 16:
            assert (one.cli, one.version) in {(other.cli, other.version) for other in found}


@given(LOOKS)
def test_unknown_versions_change_nothing(looks: list) -> None:  # type: ignore[type-arg]
    known = [(running, [one for one in found if one[0] is not None]) for running, found in looks]
    assert played(looks) == played(known)


@given(LOOKS)
def test_enough_clean_spells_of_every_version_lift_every_hold(looks: list) -> None:  # type: ignore[type-arg]
    assert held(played(looks).count(ENOUGH), NOW + len(looks)) == []


@given(LOOKS, st.randoms())
def test_the_order_of_spells_within_a_look_changes_nothing(looks: list, random: object) -> None:  # type: ignore[type-arg]
    other = []
    for running, found in looks:
        shuffled = [*found]
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        other.append((running, shuffled))
    assert held(played(looks)) == held(played(other))


@given(LOOKS)
def test_a_book_is_what_its_json_says(looks: list) -> None:  # type: ignore[type-arg]
    book = played(looks)
    assert VersionBook.model_validate_json(book.model_dump_json()) == book
