"""The words of judgement: stages, states of a rollout, verdicts, and what is guarded."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """The candidate's position in the rollout."""

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
    """The state of the rollout within its stage."""

    RUNNING = "running"
    HELD = "held"
    AWAITING_APPROVAL = "awaiting_approval"
    PAUSED = "paused"
    FROZEN = "frozen"
    ROLLED_BACK = "rolled_back"


class Verdict(StrEnum):
    """The verdicts of the judge, the most urgent first."""

    ROLLBACK = "rollback"
    HOLD = "hold"
    PROMOTABLE = "promotable"
    CONTINUE = "continue"


class Guardrail(StrEnum):
    """A rate that is watched: a yes or no per unit, held against a bound that is unsafe and one that promotes."""

    WRONG = "wrong"
    """Scored spells; event: an interior look of the candidate claims a state outside the named ones."""
    WORSE = "worse"
    """Spells that score both monitors; event: the incumbent alone was right."""
    TOLD = "told"
    """Named spells in which the incumbent acted rightly; event: the candidate stayed silent past the window."""
    DUTY = "duty"
    """Crashed and waiting spells; event: the candidate did not tell or escalate exactly once."""
    LIVE_MISMATCH = "live_mismatch"
    """The candidate's own looks; event: it disagrees with its verdict on the tape."""
    FAILURE = "failure"
    """Candidate cycles; event: exception, deadline, crash, a reply that cannot be read."""
    CYCLE_TIME = "cycle_time"
    """The candidate's own looks; event: slower than the plan allows."""
    NOISE = "noise"
    """Bouts; event: the incumbent disagrees with itself. A signal: it holds, and never rolls back."""

    @property
    def unit(self) -> str:
        """The units that are counted, in the plural."""
        return _UNITS[self]


_UNITS = {
    Guardrail.WRONG: "scored spells",
    Guardrail.WORSE: "spells that score both monitors",
    Guardrail.TOLD: "spells in which the incumbent acted rightly",
    Guardrail.DUTY: "crashed and waiting spells",
    Guardrail.LIVE_MISMATCH: "own looks",
    Guardrail.FAILURE: "candidate cycles",
    Guardrail.CYCLE_TIME: "own looks",
    Guardrail.NOISE: "bouts",
}

ONE_RIGHT: Final = "one alone right"
"""The stratum of `worse` that rolls back: the spells in which one monitor alone was right."""


def percent(share: float) -> str:
    """Say a share as a person reads it: `0.1 %`, `12 %`."""
    return f"{share * 100:.3g} %"
