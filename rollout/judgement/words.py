"""The words of judgement: stages, states of a rollout, verdicts, and what is guarded."""

from enum import StrEnum


class Stage(StrEnum):
    """How far the candidate has come."""

    OFF = "off"
    """Nothing has begun: where the first transition of a ledger comes from."""
    SHADOW = "shadow"
    CANARY = "canary"
    BETA = "beta"
    PRODUCTION = "production"
    RETIRED = "retired"
    """The incumbent is not run any more."""

    @property
    def next(self) -> "Stage | None":
        """The stage that a promotion leads to; None where only a person's `retire`, or nothing, leads on."""
        return _NEXT.get(self)


_NEXT = {Stage.SHADOW: Stage.CANARY, Stage.CANARY: Stage.BETA, Stage.BETA: Stage.PRODUCTION}


class State(StrEnum):
    """How the rollout stands within its stage."""

    RUNNING = "running"
    HELD = "held"
    AWAITING_APPROVAL = "awaiting_approval"
    PAUSED = "paused"
    FROZEN = "frozen"
    ROLLED_BACK = "rolled_back"


class Verdict(StrEnum):
    """What the judge says, most urgent first."""

    ROLLBACK = "rollback"
    HOLD = "hold"
    PROMOTABLE = "promotable"
    CONTINUE = "continue"


class Guardrail(StrEnum):
    """What is counted, yes or no, against a limit."""

    CANDIDATE_WRONG = "candidate_wrong"
    """Settled bouts that differ; event: the candidate was wrong."""
    ACTION_DIFFERENCE = "action_difference"
    """Bouts; event: an action differs, neither expected nor settled."""
    EYES = "eyes"
    """The candidate's own looks; event: it disagrees with its verdict on the tape."""
    FAILURE = "failure"
    """Candidate cycles; event: exception, deadline, crash, rubbish."""
    CYCLE_TIME = "cycle_time"
    """The candidate's own looks; event: slower than the plan allows."""
    NOISE = "noise"
    """Bouts; event: the incumbent disagrees with itself. A signal: it holds, and never rolls back."""

    @property
    def unit(self) -> str:
        """What is counted, in the plural."""
        return _UNITS[self]


_UNITS = {
    Guardrail.CANDIDATE_WRONG: "settled bouts that differ",
    Guardrail.ACTION_DIFFERENCE: "bouts",
    Guardrail.EYES: "own looks",
    Guardrail.FAILURE: "candidate cycles",
    Guardrail.CYCLE_TIME: "own looks",
    Guardrail.NOISE: "bouts",
}


def percent(share: float) -> str:
    """Say a share as a person reads it: `0.1 %`, `12 %`."""
    return f"{share * 100:.3g} %"
