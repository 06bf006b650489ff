"""The state of the rollout in one paragraph, for an operator on call: the state, the cause, the next step."""

from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.headline import Headline
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus


def why(headline: Headline, rollout_status: RolloutStatus, judgement: Judgement | None, plan: Plan) -> str:
    """Say in one paragraph where the rollout stands, what holds it, and what would change that."""
    exposed = f"the candidate owns {headline.exposure_percent} % of the leases"
    where = f"The rollout is in {headline.stage} ({exposed}) and is {headline.state.replace('_', ' ')}."
    warnings = (f"{warning.rstrip('.')}." for warning in headline.warnings)
    return " ".join(
        (*warnings, f"{headline.word}.", where, _because(headline), _change(headline, rollout_status, judgement, plan))
    )


def _because(headline: Headline) -> str:
    openings = {
        Verdict.ROLLBACK: "A rollback is due because",
        Verdict.HOLD: "It is held because",
        Verdict.PROMOTABLE: "The evidence is complete:",
        Verdict.CONTINUE: "Still missing:",
    }
    return f"{openings[headline.verdict]} {'; '.join(reason.rstrip('.') for reason in headline.reasons)}."


def _change(headline: Headline, rollout_status: RolloutStatus, judgement: Judgement | None, plan: Plan) -> str:
    """Return the sentence on what would change it."""
    by_person = {
        State.FROZEN: "Observation goes on. Let it act again: `understudy unfreeze --reason ...`.",
        State.ROLLED_BACK: "Start again in shadow: `understudy retry --reason ...`.",
        State.PAUSED: (
            "A rollback happens even while it is paused. Allow promotions again: `understudy resume --reason ...`."
        ),
    }
    if headline.state in by_person:
        return by_person[headline.state]
    if judgement is None:
        return f"`{headline.command}` goes on."
    if headline.stage is Stage.RETIRED and headline.verdict in {Verdict.CONTINUE, Verdict.HOLD}:
        return (
            "`understudy retire --undo --reason ...` switches the incumbent on again; a new candidate in the settings "
            "begins in shadow, beside the incumbent that they name."
        )
    if headline.verdict is Verdict.PROMOTABLE:
        return _when_promotable(rollout_status, plan)
    return {
        Verdict.ROLLBACK: "The next cycle rolls back. To do it at once: `understudy rollback --now`.",
        Verdict.HOLD: f"It is promoted once none of this holds{_proofs(judgement)}. {_spent(judgement)}.",
        Verdict.CONTINUE: f"With that the verdict is promotable. {_spent(judgement)}.",
    }[headline.verdict]


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
