"""Make the shadow-diff report of one server from its ledger, its tapes and the judgement."""

import json
from collections.abc import Sequence
from typing import Final

from modular.rulebook.book import shipped_files
from rollout.faces.cli.clusters import differences_of, signoffs_of, stage_counts
from rollout.faces.cli.headlines import headline_of
from rollout.faces.cli.outcomes import outcomes_of
from rollout.faces.cli.reading import ServerData
from rollout.faces.cli.scenes import sizes_on
from rollout.faces.cli.status_document import evidence_rows
from rollout.faces.cli.waivers import waiver_line, waivers_of
from rollout.judgement.evidence import EvidenceLine
from rollout.loop.monitor_role import MonitorRole
from rollout.store.ledger import TransitionStatus
from rollout.store.settings import load
from shadow.report import Coverage, Move, Rate, Ruling, ShadowReport, Speed, Surroundings, build_of, coverage, speed
from understudy.verdicts import AgentState

_LOOKED_AT: Final = 5000
"""Cycles, the newest ones, of which at most so many ..."""
_TIMED: Final = 400
"""... evenly spread ones are read for how long the monitors took."""
_NO_CLI: Final = frozenset({"any", "shell", "unknown"})
"""Rule files that describe no CLI."""


def make(found: ServerData, now: float, address: Sequence[str] = ()) -> ShadowReport:
    """Build the report; `address` holds the options with which commands select this server."""
    return build_of(
        found.settled,
        now,
        incumbent=_who(MonitorRole.INCUMBENT, found),
        candidate=_who(MonitorRole.CANDIDATE, found),
        around=Surroundings(
            stage=found.rollout_status.stage,
            ruling=_ruling(found, now),
            moves=_moves(found),
            rates=[_rate(row) for row in evidence_rows(found)] if found.ledger else (),
            outcomes=outcomes_of(found.judgement),
            coverage=_coverage(found),
            speeds=_speeds(found),
            address=address,
        ),
        differences=differences_of(found),
        register=found.register,
        signoffs=signoffs_of(found),
        stage=stage_counts(found),
    )


def _who(part: MonitorRole, found: ServerData) -> str:
    if last := found.report(part):
        return f"{last.monitor} {last.version}".strip()
    return str(getattr(load().settings, part))


def _ruling(found: ServerData, now: float) -> Ruling | None:
    if found.ledger is None:
        return None
    said, then = headline_of(found, now), found.rollout_status.stage.next
    return Ruling(
        word=said.word,
        sentence=said.sentence,
        command=said.command,
        exposure_percent=said.exposure_percent,
        decisions=said.decisions,
        unsafe=said.unsafe,
        warnings=said.warnings,
        verdict=said.verdict.value,
        state=said.state,
        reasons=said.reasons,
        waived=tuple(waiver_line(waiver) for waiver in waivers_of(found, now)),
        next=then.value if then else None,
        certainty=1 - found.plan.beta,
    )


def _moves(found: ServerData) -> tuple[Move, ...]:
    if found.ledger is None:
        return ()
    bodies = [json.loads(row.body) for row in found.ledger.transitions() if row.status == TransitionStatus.COMMITTED]
    return tuple(
        Move(at=body["at"], before=body["from"], after=body["to"], actor=body["actor"], reason=body["reason"])
        for body in bodies
    )


def _rate(row: EvidenceLine) -> Rate:
    return Rate(
        name=row.guardrail,
        stratum=row.stratum,
        bouts=row.bouts,
        events=row.events,
        bound=row.bound,
        limit=row.promote,
        needed=row.needed,
        spent=row.spent,
    )


def _coverage(found: ServerData) -> Coverage:
    sizes, tapes = sizes_on(found.folder.tapes)
    return coverage(
        counted=((group.bout, group.times) for group in found.settled.groups),
        known_agents=(file.agent for file in shipped_files() if file.agent not in _NO_CLI),
        required=found.plan.required_states,
        accounted=(AgentState(name) for name in found.loop_state.analysis.scoring.covered),
        sizes=sizes,
        tapes=tapes,
    )


def _speeds(found: ServerData) -> tuple[Speed, ...]:
    if found.ledger is None:
        return ()
    cycles = found.ledger.cycle_instants(_LOOKED_AT)
    samples: dict[str, list[tuple[float, float]]] = {part.value: [] for part in MonitorRole}
    for cycle, at in cycles[:: max(1, len(cycles) // _TIMED)]:
        for role, body in found.ledger.reports(cycle).items():
            report = json.loads(body)
            work = max(0.0, float(report["wall_s"]) - float(report["waited_s"]))
            samples.setdefault(role, []).append((at, round(work, 6)))
    return tuple(one for role, those in samples.items() if (one := speed(role, those)) is not None)
