"""The judgement of the candidate, on everything that the analysis has counted. Pure."""

from rollout.judgement.guards import (
    guards_that_count,
)
from rollout.judgement.judge import judge
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, stopped
from rollout.judgement.seen import JudgementContext
from rollout.judgement.sequential import risk_of_version
from rollout.loop.analysis import Analysis, blind
from rollout.loop.monitor_role import MonitorRole
from shadow.expected import ExpectedRegister


def add_judgement(
    analysis: Analysis, rollout_status: RolloutStatus, plan: Plan, register: ExpectedRegister, now: float, drift: str
) -> Analysis:
    """Judge the candidate on everything that was counted so far."""
    scoring = analysis.scoring
    novelty = analysis.novelty.reviewed(rollout_status.stage, analysis.tallies.holding(analysis.signoffs, now), now)
    incumbent_blind = blind(*analysis.agents_found)
    seen = JudgementContext(
        watched_s=analysis.watched_s,
        panes=len(scoring.panes),
        sessions=len(scoring.sessions),
        coverage=scoring.coverage(),
        families=len(analysis.families),
        waived=frozenset(str(state) for state, waiver in analysis.waivers.items() if waiver.expires > now),
        named=scoring.named,
        abstained=scoring.abstained,
        overruled=scoring.overruled,
        new_versions=analysis.cli_versions.unproven(
            plan.cli_versions.promote_from(rollout_status.stage),
            risk_of_version(plan.beta, analysis.version),
            now,
            plan.lease_s,
        ),
        novel=novelty.novel,
        leases=analysis.leases.finished,
        signals=analysis.signals.readings(plan.signals, incumbent_blind=bool(incumbent_blind)),
        outcomes=analysis.outcomes.readings(),
        exposure_missing=analysis.leases.shown_missing,
        clusters_open=analysis.tallies.open(analysis.signoffs, register, now),
        guards=guards_that_count(analysis.guards, rollout_status.stage, now),
        incumbent_blind=incumbent_blind,
        incumbent_ill=analysis.ill.get(MonitorRole.INCUMBENT, ""),
        candidate_ill=analysis.ill.get(MonitorRole.CANDIDATE, ""),
        drift=drift,
        stopped=stopped(rollout_status),
    )
    evidence = analysis.evidence.restore()
    judgement = judge(rollout_status.stage, evidence, seen, plan, now, analysis.version)
    return analysis.replace(judgement=judgement, novelty=novelty)
