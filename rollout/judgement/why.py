"""Why the rollout stands where it stands: one paragraph for somebody who was just woken up."""

from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, shown_state


def why(rollout_status: RolloutStatus, judgement: Judgement, plan: Plan) -> str:
    """Say in one paragraph where the rollout stands, what holds it, and what would change that."""
    exposed = f"the candidate owns {rollout_status.exposure_percent} % of the leases"
    shown = _said(shown_state(rollout_status, judgement, plan))
    where = f"The rollout is in {rollout_status.stage} ({exposed}) and is {shown}."
    return " ".join((where, *_because(judgement), _change(rollout_status, judgement, plan)))


def _said(state: State) -> str:
    return state.replace("_", " ")


def _because(judgement: Judgement) -> tuple[str, ...]:
    openings = {
        Verdict.ROLLBACK: "A rollback is due because",
        Verdict.HOLD: "It is held because",
        Verdict.PROMOTABLE: "Nothing is in the way:",
        Verdict.CONTINUE: "Still missing:",
    }
    reasons = "; ".join(judgement.reasons)
    return (f"{openings[judgement.verdict]} {reasons}.",)


def _change(rollout_status: RolloutStatus, judgement: Judgement, plan: Plan) -> str:
    """What would change it."""
    if rollout_status.frozen:
        return "`understudy unfreeze --reason ...` lets it act again; looking goes on meanwhile."
    if rollout_status.state is State.ROLLED_BACK:
        return "`understudy retry --reason ...` begins again in shadow."
    if rollout_status.state is State.PAUSED:
        return "`understudy resume --reason ...` lets it move on; a rollback happens even while it is paused."
    if rollout_status.stage is Stage.RETIRED and judgement.verdict in {Verdict.CONTINUE, Verdict.HOLD}:
        return (
            "`understudy retire --undo --reason ...` switches the incumbent on again; a new candidate in the settings "
            "begins in shadow, beside the incumbent that they name."
        )
    if judgement.verdict is Verdict.PROMOTABLE:
        return _when_promotable(rollout_status, plan)
    return {
        Verdict.ROLLBACK: "It happens by itself in the next cycle; `understudy rollback --now` does it at once.",
        Verdict.HOLD: f"It moves on by itself once none of this holds{_proofs(judgement)}; {_spent(judgement)}.",
        Verdict.CONTINUE: f"With that the judge would call it promotable; {_spent(judgement)}.",
    }[judgement.verdict]


def _proofs(judgement: Judgement) -> str:
    return f" and {judgement.needed} more clean observations have proven every rate" if judgement.needed else ""


def _spent(judgement: Judgement) -> str:
    return f"{judgement.spent:.0%} of the way to a rollback is used up"


def _when_promotable(rollout_status: RolloutStatus, plan: Plan) -> str:
    if rollout_status.stage is Stage.PRODUCTION:
        return "`understudy retire --reason ...` ends the incumbent's service; nothing does it by itself."
    if plan.of_stage(rollout_status.stage).person:
        return "The plan wants a person here: `understudy approve --reason ...`."
    return "It is promoted in the next cycle."
