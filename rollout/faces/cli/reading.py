"""The data of the reading verbs: one server's ledger, opened, and the status of its rollout."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.plan_file import find_plan
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.garbled import garbled_rows_named
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.stage_controller import rollout_status
from rollout.store.ledger import CountedBouts, CycleRow, LedgerReader, LedgerUnusable
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load
from rollout.store.state_folder import ServerFolder
from shadow.expected import ExpectedRegister, with_own
from shadow.grouping import BoutsInMemory, SettledBouts
from understudy.report import CycleReport


@dataclass(frozen=True)
class ServerData:
    """One server's folder and, where anything has run there, its ledger."""

    folder: ServerFolder
    ledger: LedgerReader | None

    @cached_property
    def loop_state(self) -> LoopState:
        """Return the state of the loop after its last cycle."""
        loop_state = LoopState()
        if self.ledger is None:
            return loop_state
        try:
            loop_state.take_up(self.ledger)
        except (ValueError, KeyError) as error:  # ValueError: pydantic's too
            raise LedgerUnusable(
                f"what the last run left in {self.folder.ledger} is not what this build writes: "
                "use the build that wrote it, or move the file away to start afresh"
            ) from error
        return loop_state

    @cached_property
    def settled(self) -> SettledBouts:
        """Every settled bout that is kept, counted in groups."""
        if self.ledger is None:
            return BoutsInMemory(())
        return CountedBouts(self.ledger, self.rollout_status.epoch, self.rollout_status.since)

    @cached_property
    def register(self) -> ExpectedRegister:
        """The expected differences, a person's own ones too."""
        return with_own(self.folder.expected)

    @cached_property
    def rollout_status(self) -> RolloutStatus:
        """Return the status of the rollout by its audit trail."""
        return rollout_status(self.ledger) if self.ledger else RolloutStatus()

    @cached_property
    def last_cycle(self) -> CycleRow | None:
        """The newest cycle; None before the first."""
        return next(iter(self.ledger.cycles(1)), None) if self.ledger else None

    @property
    def judgement(self) -> Judgement | None:
        """Return the judge's last judgement; None if it was of another stage, or there is none."""
        return (
            self.loop_state.analysis.judgement if self.loop_state.analysis.epoch == self.rollout_status.epoch else None
        )

    @cached_property
    def plan(self) -> Plan:
        """The plan that the last run was judged by; before the first, the one that the settings name."""
        if self.ledger is not None and (kept := self.ledger.document("plan")) is not None:
            return Plan.model_validate_json(kept)
        return find_plan(load().settings.plan)

    def report(self, part: MonitorRole) -> CycleReport | None:
        """The last report of a part."""
        body = self.ledger.latest_report(part) if self.ledger else None
        return CycleReport.model_validate_json(body) if body else None

    def reports(self) -> dict[MonitorRole, CycleReport]:
        """The last report of each part that has one."""
        return {part: report for part in MonitorRole if (report := self.report(part))}


def doubts(reports: Mapping[MonitorRole, CycleReport]) -> list[str]:
    """Return the doubts of monitors about themselves, a sentence each."""
    said = (
        f"the {part} ({report.monitor}) says: {problem.text or problem.kind}"
        for part, report in reports.items()
        for problem in report.problems
        if not problem.hides
    )
    return list(dict.fromkeys(said))


@contextmanager
def open_server_data(server: ServerSelection) -> Iterator[ServerData]:
    """Open the stored data of a server, if there is any."""
    folder = server.folder
    if not folder.ledger.exists():
        yield ServerData(folder, None)
        return
    ledger = LedgerReader.open(folder.ledger)
    try:
        with garbled_rows_named(folder.ledger):
            yield ServerData(folder, ledger)
    finally:
        ledger.close()
