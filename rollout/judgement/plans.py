"""The two plans that come with the product: for a team's real agents, and for the demo."""

from typing import Final

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.plan import GuardrailLimits, Minimums, Plan, StagePlan, StatePlan
from rollout.judgement.signals import Signals
from shadow.rules import Windows
from understudy.verdicts import AgentState

_REQUIRED: Final = (AgentState.BUSY, AgentState.IDLE, AgentState.WAITING_APPROVAL, AgentState.CRASHED)

DEFAULT_PLAN: Final = Plan(
    stages={
        Stage.SHADOW: StagePlan(exposure_percent=0, hours=24),
        Stage.CANARY: StagePlan(exposure_percent=5),
        Stage.BETA: StagePlan(exposure_percent=50),
        Stage.PRODUCTION: StagePlan(exposure_percent=100),
    },
    guardrails={
        Guardrail.WRONG: GuardrailLimits(unsafe=0.10, promote=0.08, limit=400),
        Guardrail.WORSE: GuardrailLimits(unsafe=0.5, promote={Stage.SHADOW: 0.05, Stage.CANARY: 0.03}, limit=400),
        Guardrail.TOLD: GuardrailLimits(unsafe=0.10, promote=0.08, limit=4000),
        Guardrail.DUTY: GuardrailLimits(unsafe=0.10, promote={Stage.SHADOW: 0.20, Stage.BETA: 0.10}, limit=4000),
        Guardrail.LIVE_MISMATCH: GuardrailLimits(),
        Guardrail.FAILURE: GuardrailLimits(),
        Guardrail.CYCLE_TIME: GuardrailLimits(),
    },
    states={state: StatePlan() for state in _REQUIRED},
)
"""Days and hundreds of spells: for a team's real agents."""

_SLACK = GuardrailLimits(unsafe=0.05, promote=0.15)  # two hiccups of a busy machine in two minutes are no regression

DEMO_PLAN: Final = Plan(
    name="demo",
    stages={stage: plan.replace(hours=0.0) for stage, plan in DEFAULT_PLAN.stages.items()},
    guardrails={
        # no cycle time: whatever else this machine does in two minutes would be judged with the candidate
        Guardrail.WRONG: GuardrailLimits(unsafe=0.10, promote=0.12, limit=400),
        Guardrail.WORSE: GuardrailLimits(unsafe=0.5, promote=0.12, limit=400),
        Guardrail.TOLD: GuardrailLimits(unsafe=0.10, promote=0.20, limit=4000),
        Guardrail.DUTY: GuardrailLimits(unsafe=0.10, promote=0.20, limit=4000),
        Guardrail.LIVE_MISMATCH: _SLACK,
        Guardrail.FAILURE: _SLACK,
    },
    states={
        AgentState.BUSY: StatePlan(promote=0.20),
        AgentState.IDLE: StatePlan(promote=0.20),
        AgentState.CRASHED: StatePlan(promote=0.40),
        AgentState.WAITING_APPROVAL: StatePlan(required=False, promote=0.40),
    },
    minimums=Minimums(panes=1, sessions=1, state_panes=1, cli_families=1),
    review=False,  # in two minutes no operator looks at a cluster
    quiet_s=30.0,
    settle_after_s=3.0,
    settle_latest_s=9.0,
    repeat_s=5.0,
    still_s=5.0,
    lease_s=5.0,
    windows=Windows(notice_s=3.0, draft_s=3.0, kill_s=3.0, looks=2),  # on a busy machine a look takes as long
    single_key=frozenset({"submit_draft"}),
    pauses=False,
    retire_after_days=0.0,
    signals=Signals(cpu=None, notices=None),  # a cycle a second, and whatever else the machine does meanwhile
)
"""Minutes instead of days: a proof takes 16 to 28 clean spells, no hours, leases of five seconds."""
