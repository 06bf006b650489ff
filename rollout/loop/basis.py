"""The basis of the evidence: the plan, and which monitor in which version plays each part.

Evidence speaks of what it was gathered about. Where that changes it starts again, as a move of its own in the audit
trail; a candidate that has changed has proven nothing yet, and begins in shadow.
"""

from collections.abc import Mapping
from dataclasses import replace

from rollout.judgement.chain import Transition
from rollout.judgement.rollout_status import HARNESS, Request, RequestKind, RolloutStatus
from rollout.loop.analysis import Basis
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.store.ledger import LedgerReader
from shadow.tallies import Tallies
from understudy.wire import Introduction


def rebased(
    controller: StageController,
    ledger: LedgerReader,
    loop_state: LoopState,
    is_now: Basis,
    rollout_status: RolloutStatus,
    now: float,
) -> RolloutStatus:
    """Start the evidence again where what it rests on has changed; returns where the rollout stands then."""
    was = loop_state.analysis.basis
    if is_now == was:
        return rollout_status
    if reasons := changes(was, is_now):
        request = Request(
            RequestKind.RESTART,
            HARNESS,
            "; ".join(reasons),
            now,
            new_candidate=_is_new(was.candidate, is_now.candidate),
            evidence={"was": was.model_dump(mode="json"), "is": is_now.model_dump(mode="json")},
        )
        if not isinstance(controller.request(request), Transition):
            return rollout_status  # another process moves it now, or the ledger is locked: the next cycle does it
        rollout_status = by_ledger(ledger)
        _take_places(loop_state, was, is_now)
    version = loop_state.analysis.version + _is_new(was.candidate, is_now.candidate)
    tallies = (
        Tallies() if changes(was, is_now) else loop_state.analysis.tallies
    )  # ceilings speak of one plan and two monitors
    loop_state.analysis = loop_state.analysis.replace(basis=is_now, version=version, tallies=tallies)
    return rollout_status


def basis_of(hosts: Mapping[MonitorRole, MonitorHost], plan: str, before: Basis, *, retired: bool) -> Basis:
    """Return the basis of the next evidence; `plan` is the plan's fingerprint.

    A role that cannot introduce itself is taken for the one that it was; a retired incumbent is not asked.
    """
    incumbent, candidate = hosts[MonitorRole.INCUMBENT], hosts[MonitorRole.CANDIDATE]
    stands_for = _name(candidate.introduction) or before.candidate
    is_off = retired
    if is_off and _is_new(before.candidate, stands_for):  # it is needed from now on
        is_off = not incumbent.answers()
    trusted = "" if is_off else _name(incumbent.introduction)
    return Basis(plan=plan, incumbent=trusted or before.incumbent, candidate=stands_for)


def drop_changed_monitors(
    hosts: Mapping[MonitorRole, MonitorHost], basis: Basis, observation: Observation
) -> Observation:
    """Leave out the answer of a monitor that came up in another version in the middle of this look.

    Nothing of it is counted or done under the name of the one before; the next cycle begins with it.
    """
    known = {MonitorRole.INCUMBENT: basis.incumbent, MonitorRole.CANDIDATE: basis.candidate}
    answers = dict(observation.answers)
    for role, answer in observation.answers.items():
        name = _name(hosts[role].introduction)
        if answer.report is not None and _is_new(known[role], name or known[role]):
            text = f"it started as {name}; its reports count from the next cycle on"
            answers[role] = replace(answer, report=None, text=text, backing_off=True)
    return replace(observation, answers=answers)


def changes(was: Basis, is_now: Basis) -> tuple[str, ...]:
    """A sentence for each thing that has changed; none for what was not known before."""
    found = list[str]()
    if _is_new(was.candidate, is_now.candidate):
        found.append(f"the candidate is {is_now.candidate} now and was {was.candidate}: it begins in shadow")
    if _is_new(was.incumbent, is_now.incumbent):
        found.append(f"the incumbent is {is_now.incumbent} now and was {was.incumbent}: the evidence starts again")
    if _is_new(was.plan, is_now.plan):
        found.append(f"the plan is {is_now.plan} now and was {was.plan}: the evidence starts again")
    return tuple(found)


def _take_places(loop_state: LoopState, was: Basis, is_now: Basis) -> None:
    """Carry each monitor's memory to its new role; no monitor gets the memory of another one."""
    before = dict(loop_state.memories)
    played = {_who(was.incumbent): MonitorRole.INCUMBENT, _who(was.candidate): MonitorRole.CANDIDATE}
    for role, name in ((MonitorRole.INCUMBENT, is_now.incumbent), (MonitorRole.CANDIDATE, is_now.candidate)):
        known = role if _who(getattr(was, role)) == _who(name) else played.get(_who(name))
        loop_state.memories[role] = before.get(known) if known is not None else None


def _is_new(was: str, is_now: str) -> bool:
    return bool(was) and was != is_now


def _who(name: str) -> str:
    """A monitor without its version: it may read what an older one remembered."""
    return name.rpartition(" ")[0]


def _name(introduction: Introduction | None) -> str:
    return f"{introduction.monitor} {introduction.version}" if introduction else ""
