"""Fill the instruments from the newest reports, the rollout's status and the cycles since last time."""

import json
from collections import Counter as Count
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

from rollout.faces.cli.reading import ServerData
from rollout.faces.cli.status_document import status_document
from rollout.faces.metrics.instruments import Instruments
from rollout.loop.monitor_role import MonitorRole
from rollout.store.ledger import LedgerReader, TransitionStatus
from understudy.intents import intent_key
from understudy.report import CycleReport

_AT_ONCE: Final = 400
"""The most cycles counted in one call; reports are kept for no more cycles than that."""


class MetricsCollector:
    """Updates the metrics at each call; counters continue from the last cycle that was counted."""

    def __init__(self) -> None:
        self.instruments = Instruments()
        self._cycle: int | None = None
        self._transitions = 0
        self.instruments.build.labels(version("understudy")).set(1)
        for trigger in ("judge", "person"):  # a counter that is not there yet cannot be seen to rise
            self.instruments.rollbacks.labels(trigger)

    def take(self, found: ServerData) -> None:
        """Update the metrics from a rollout's ledger; raises `LedgerUnusable`."""
        if found.ledger is None:
            return
        self._count_cycles(found.ledger)
        self._count_rollbacks(found.ledger)
        self._show_status(found)
        self._show_reports(found)

    def _count_cycles(self, ledger: LedgerReader) -> None:
        """Count the cycles since last time; at first only the newest, since earlier ones were never exported."""
        i = self.instruments
        for n, row, reports in ledger.cycles_since(self._cycle, _AT_ONCE):
            self._cycle = n
            i.last_cycle.set(row.at)
            heard = {part: json.loads(body) for part, body in reports.items()}
            for part in MonitorRole if row.mode == "shadow" else sorted(set(row.owners.values())):
                report = heard.get(part)
                engine = str(report["monitor"]) if report else str(part)
                i.cycles.labels(engine, row.mode, "ok" if report else "failed").inc()
                if report:
                    i.seconds.labels(engine).observe(report["wall_s"])
                    i.cpu.labels(engine).inc(report["cpu_s"])
                    i.waited.labels(engine).inc(report["waited_s"])
            for difference in ledger.differences(cycle=row.id):
                i.mismatches.labels(json.loads(difference.body)["severity"]).inc()

    def _count_rollbacks(self, ledger: LedgerReader) -> None:
        transitions = [json.loads(row.body) for row in ledger.transitions() if row.status == TransitionStatus.COMMITTED]
        for body in transitions[self._transitions :]:
            if body["state"] == "rolled_back":
                self.instruments.rollbacks.labels("judge" if body["actor"] == "understudy" else "person").inc()
        self._transitions = len(transitions)

    def _show_status(self, found: ServerData) -> None:
        i, document = self.instruments, status_document(found)
        for gauge, value in (
            (i.stage, document["stage"]),
            (i.state, document["state"]),
            (i.verdict, document["verdict"]),
        ):
            gauge.clear()
            gauge.labels(str(value)).set(1)
        i.weight.set(document["exposure_percent"] / 100)
        i.acts.set(document["act"])
        for gauge in (i.evidence, i.limit, i.needed, i.would_have):
            gauge.clear()
        for row in document["evidence"]:
            labels = (row["guardrail"], row["stratum"] or "")
            for gauge, key in ((i.evidence, "e_value"), (i.limit, "limit"), (i.needed, "needed")):
                if row[key] is not None:
                    gauge.labels(*labels).set(row[key])
        for kind, count in document["would_have"].items():
            i.would_have.labels(kind).set(count)
        now = found.last_cycle.at if found.last_cycle else 0.0
        i.escalations.set(len(found.loop_state.book.escalations(now)))
        i.healthy.clear()
        for monitor in document["monitors"]:
            i.healthy.labels(monitor["name"]).set(monitor["healthy"])

    def _show_reports(self, found: ServerData) -> None:
        i = self.instruments
        for gauge in (i.agents, i.problems, i.intents, i.engine):
            gauge.clear()
        for report in found.reports().values():
            self._show(report)

    def _show(self, report: CycleReport) -> None:
        i, engine = self.instruments, report.monitor
        _set(i.agents, engine, (str(verdict.state) for verdict in report.verdicts.values()))
        _set(i.problems, engine, (str(problem.kind) for problem in report.problems))
        _set(i.intents, engine, (intent_key(intent) for intent in report.intents))
        for figure, value in report.figures.items():
            i.engine.labels(engine, figure).set(value)


def _set(gauge: Any, engine: str, kinds: Iterable[str]) -> None:
    for kind, count in Count(kinds).items():
        gauge.labels(engine, kind).set(count)
