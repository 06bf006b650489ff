"""The state of the rollout in one paragraph, for an operator on call: the state, the cause, the next step."""

from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, shown_state


def why(rollout_status: RolloutStatus, judgement: Judgement, plan: Plan) -> str:
    """Say in one paragraph where the rollout stands, what holds it, and what would change that."""
    exposed = f"the candidate owns {rollout_status.exposure_percent} % of the leases"
    shown = _said(shown_state(rollout_status, judgement, plan))
    where = f"The rollout is in {rollout_status.stage} ({exposed}) and is {shown}."
    return " ".join((where, *_because(rollout_status, judgement), _change(rollout_status, judgement, plan)))


def _said(state: State) -> str:
    return state.replace("_", " ")


def _because(rollout_status: RolloutStatus, judgement: Judgement) -> tuple[str, ...]:
    if rollout_status.state is State.ROLLED_BACK and judgement.verdict is Verdict.ROLLBACK:  # it is done, and not due
        return (f"It was rolled back because {rollout_status.reason}.",)
    openings = {
        Verdict.ROLLBACK: "A rollback is due because",
        Verdict.HOLD: "It is held because",
        Verdict.PROMOTABLE: "The evidence is complete:",
        Verdict.CONTINUE: "Still missing:",
    }
    reasons = "; ".join(judgement.reasons)
    return (f"{openings[judgement.verdict]} {reasons}.",)


def _change(rollout_status: RolloutStatus, judgement: Judgement, plan: Plan) -> str:
    """Return the sentence on what would change it."""
    if rollout_status.frozen:
        return "Observation goes on. Let it act again: `understudy unfreeze --reason ...`."
    if rollout_status.state is State.ROLLED_BACK:
        return "Start again in shadow: `understudy retry --reason ...`."
    if rollout_status.state is State.PAUSED:
        return "A rollback happens even while it is paused. Allow promotions again: `understudy resume --reason ...`."
    if rollout_status.stage is Stage.RETIRED and judgement.verdict in {Verdict.CONTINUE, Verdict.HOLD}:
        return (
            "`understudy retire --undo --reason ...` switches the incumbent on again; a new candidate in the settings "
            "begins in shadow, beside the incumbent that they name."
        )
    if judgement.verdict is Verdict.PROMOTABLE:
        return _when_promotable(rollout_status, plan)
    return {
        Verdict.ROLLBACK: "The next cycle rolls back. To do it at once: `understudy rollback --now`.",
        Verdict.HOLD: f"It is promoted once none of this holds{_proofs(judgement)}. {_spent(judgement)}.",
        Verdict.CONTINUE: f"With that the verdict is promotable. {_spent(judgement)}.",
    }[judgement.verdict]


def _proofs(judgement: Judgement) -> str:
    return f" and {judgement.needed} more clean results have proven every rate" if judgement.needed else ""


def _spent(judgement: Judgement) -> str:
    return f"Rollback pressure {judgement.spent:.0%}"


def _when_promotable(rollout_status: RolloutStatus, plan: Plan) -> str:
    if rollout_status.stage is Stage.PRODUCTION:
        return "Only an operator can retire the incumbent: `understudy retire --reason ...`."
    if plan.of_stage(rollout_status.stage).person:
        return "The plan asks for a person's approval here: `understudy approve --reason ...`."
    return "It is promoted in the next cycle."
