"""The outcomes of both monitors' leases, from the last judgement: for `status`, `why` and the report."""

from typing import Final

from rollout.judgement.judge import Judgement
from rollout.judgement.outcome import OutcomeName
from shadow.report.record import OutcomeRow

_TITLES: Final = {
    OutcomeName.BLOCKED: "blocked on an approval",
    OutcomeName.CRASHED: "crashed",
    OutcomeName.IDLE: "idle",
    OutcomeName.FUTILE_NOTICES: "notices in vain",
}


def outcomes_of(judgement: Judgement | None) -> tuple[OutcomeRow, ...]:
    """Return the outcomes of which both monitors have finished leases; none where nothing was judged."""
    if judgement is None:
        return ()
    return tuple(OutcomeRow(title=_TITLES[one.name], holds=one.holds, **one.model_dump()) for one in judgement.outcomes)
