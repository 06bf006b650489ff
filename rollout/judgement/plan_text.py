"""A plan in a few lines, as a person reads it before a rollout begins."""

from rollout.judgement.enums import percent
from rollout.judgement.plan import STAGES, GuardrailLimits, Plan, Staged


def plan_lines(plan: Plan) -> tuple[str, ...]:
    """Return the plan in nine lines or fewer."""
    steps = " -> ".join(f"{stage} {plan.stages[stage].exposure_percent} %" for stage in STAGES)
    hours = ", ".join(f"{stage} {plan.stages[stage].hours:g} h" for stage in STAGES if plan.stages[stage].hours)
    people = [stage for stage in STAGES if plan.stages[stage].person]
    states = ", ".join(f"{name} {_below(plan.states[name].promote)}" for name in plan.required_states)
    upgrades = f"an upgraded CLI holds until wrong in it is {_below(plan.cli_versions.promote)}"
    proofs = ", ".join(f"{name} {_below(limits.promote)}" for name, limits in plan.guardrails.items())
    unsafe = ", ".join(f"{name} > {_rate(limits)}" for name, limits in plan.guardrails.items())
    bout = f"a bout settles {_duration(plan.settle_after_s)} after its end"
    again = f"a pane counts again after {_duration(plan.repeat_s)}"
    retired = f", then {plan.retire_after_days:g} days before retirement" if plan.retire_after_days else ""
    single = ", ".join(sorted(plan.single_key)) or "nothing"
    minimums = (
        f"panes {plan.minimums.panes}, sessions {plan.minimums.sessions}, panes a state {plan.minimums.state_panes}"
    )
    return (
        f"plan {plan.name}: {steps}; leases of {_duration(plan.lease_s)}",
        f"promoted when proven: {proofs}",
        f"  and wrong in each of: {states or 'no state of its own'}",
        f"unsafe when proven: {unsafe}",
        f"at least: {hours or 'no hours'}{retired}, {minimums}",
        f"{bout}; {again}; one monitor is enough for: {single}",
        f"risks a stage: falsely unsafe {percent(plan.risk)}, wrong promotion {percent(plan.beta)}",
        f"a person approves leaving: {', '.join(people) or 'no stage'}; {upgrades}",
    )


def _below(promote: Staged) -> str:
    if not isinstance(promote, dict):
        return f"< {percent(promote)}"
    return "< " + " then ".join(percent(share) for share in promote.values())


def _rate(limits: GuardrailLimits) -> str:
    return "never" if limits.unsafe is None else percent(limits.unsafe)


def _duration(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
