"""The paragraph that says why: it never contradicts itself."""

from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.headline import headline
from rollout.judgement.judge import Judgement
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import RolloutStatus
from rollout.judgement.why import why


def test_a_rollout_that_is_rolled_back_is_not_said_to_be_due_for_it() -> None:
    rollout_status = RolloutStatus(stage=Stage.SHADOW, state=State.ROLLED_BACK, reason="managers complain")
    judgement = Judgement(verdict=Verdict.ROLLBACK, reasons=("wrong is too high",), rows=())
    text = why(headline(rollout_status, judgement, DEFAULT_PLAN), rollout_status, judgement, DEFAULT_PLAN)
    assert "rollback is due" not in text
    assert "It is held because the rollout was rolled back (managers complain)." in text
    assert "understudy retry" in text
