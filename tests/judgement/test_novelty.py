"""A kind of action difference that no earlier stage had goes back to the incumbent, until an operator has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.evidence import Evidence
from rollout.judgement.judge import judge
from rollout.judgement.novelty import NoveltyBook
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.seen import JudgementContext
from shadow.labels import Right
from shadow.signoffs import Acceptance, Settlement, Signoffs
from tests.report_samples import T0, bout, side

if TYPE_CHECKING:
    from shadow.bout import Bout

BUSY, TELLS = side("busy"), side("idle", "", "notify_manager:idle")
NOTHING_SAID = Signoffs()


def differing(many: int, ours: object = TELLS, theirs: object = BUSY) -> list[Bout]:
    return [bout(number, ours, theirs) for number in range(many)]  # type: ignore[arg-type]


def seen_in(stage: Stage, bouts: list[Bout], book: NoveltyBook | None = None) -> NoveltyBook:
    return (book or NoveltyBook()).count(bouts).reviewed(stage, NOTHING_SAID, T0)


def cluster_of(bouts: list[Bout]) -> str:
    (name,) = {one.difference.cluster for one in bouts if one.difference is not None}
    return name


def test_a_kind_that_keeps_coming_in_an_exposed_stage_is_novel() -> None:
    for stage in (Stage.CANARY, Stage.BETA, Stage.PRODUCTION):
        book = seen_in(stage, differing(3))
        assert book.novel == ("notify_manager:idle wanted by the incumbent alone (idle / busy)",)
        assert book.actions == {"notify_manager:idle"}


def test_twice_is_not_yet_novel() -> None:
    assert seen_in(Stage.CANARY, differing(2)).novel == ()


def test_in_shadow_nothing_is_novel_and_what_was_seen_there_is_known_later() -> None:
    shadow = seen_in(Stage.SHADOW, differing(5))
    assert shadow.novel == ()
    assert seen_in(Stage.CANARY, differing(5), shadow.next_stage()).novel == ()


def test_the_same_action_by_the_other_monitor_or_between_other_states_is_another_kind() -> None:
    known = seen_in(Stage.SHADOW, differing(5)).next_stage()
    assert len(seen_in(Stage.BETA, differing(3, BUSY, TELLS), known).novel) == 1
    assert len(seen_in(Stage.BETA, differing(3, TELLS, side("error")), known).novel) == 1


def test_a_difference_of_states_alone_is_no_kind_of_action() -> None:
    assert seen_in(Stage.CANARY, differing(9, side("idle"), BUSY)).novel == ()


def test_it_is_the_incumbents_until_an_operator_has_looked_and_known_from_then_on() -> None:
    bouts = differing(4)
    book = seen_in(Stage.PRODUCTION, bouts)
    accepted = Acceptance(cluster=cluster_of(bouts), owner="ann", reason="so", at=T0, expires=T0 + 60, ceiling=1.0)
    settled = Settlement(cluster=cluster_of(bouts), right=Right.CANDIDATE, owner="ann", reason="so", at=T0)
    for said in (Signoffs(accepted=(accepted,)), Signoffs(settled=(settled,))):
        looked = book.reviewed(Stage.PRODUCTION, said, T0)
        assert (looked.novel, looked.actions) == ((), frozenset())
        assert looked.count(bouts).reviewed(Stage.PRODUCTION, NOTHING_SAID, T0 + 999).novel == ()


def test_an_unreviewed_one_stays_novel_beyond_the_stage_and_through_a_restart() -> None:
    book = seen_in(Stage.CANARY, differing(3)).next_stage()
    again = NoveltyBook.model_validate_json(book.model_dump_json()).reviewed(Stage.BETA, NOTHING_SAID, T0)
    assert again.novel == book.novel != ()


def test_it_holds_a_promotion_and_the_reason_names_it() -> None:
    novel = seen_in(Stage.CANARY, differing(3)).novel
    judgement = judge(Stage.CANARY, Evidence(), JudgementContext(novel=novel), DEFAULT_PLAN, T0)
    assert judgement.verdict is Verdict.HOLD
    assert any("notify_manager:idle wanted by the incumbent alone" in reason for reason in judgement.reasons)


def test_a_plan_that_no_operator_reviews_is_not_held_by_a_novel_kind() -> None:
    unreviewed = DEFAULT_PLAN.model_copy(update={"review": False})
    judgement = judge(Stage.CANARY, Evidence(), JudgementContext(novel=("notify_manager:idle",)), unreviewed, T0)
    assert not any("new kind" in reason for reason in judgement.reasons)
