"""Every metric by its name, its labels and what it says. No label ever holds a pane, a session or anything typed."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX: Final = "understudy"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Instruments:
    """The metrics of one rollout, in a registry of their own. Counters count from this process's start on."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.build = self._gauge("build_info", "Always 1; the version of the program.", "version")
        self.stage = self._gauge("rollout_stage_info", "Always 1; the stage of the rollout.", "stage")
        self.state = self._gauge("rollout_state_info", "Always 1; the state of the rollout.", "state")
        self.verdict = self._gauge("rollout_verdict_info", "Always 1; the judge's last word.", "verdict")
        self.weight = self._gauge("rollout_weight_ratio", "The share of leases that may be the candidate's, 0 to 1.")
        self.acts = self._gauge(
            "rollout_acts", "1 where the owner's intents reach tmux, 0 where the run is watch-only."
        )
        self.rollbacks = self._counter(
            "rollbacks_total", "Rollbacks, by who called for them: judge or person.", "trigger"
        )
        self.last_cycle = self._gauge("last_cycle_timestamp_seconds", "When the newest cycle began, since the epoch.")
        self.cycles = self._counter(
            "cycles_total", "Cycles, by whether the monitor reported (ok) or not (failed).", "engine", "mode", "outcome"
        )
        self.seconds = Histogram(
            f"{PREFIX}_cycle_duration_seconds",
            "Seconds from request to report.",
            ("engine",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.cpu = self._counter("cycle_cpu_seconds_total", "CPU seconds that a monitor spent on its cycles.", "engine")
        self.waited = self._counter("cycle_waited_seconds_total", "Of its seconds those slept on purpose.", "engine")
        self.mismatches = self._counter(
            "shadow_mismatches_total", "Differences between the two monitors, by what hangs on them.", "kind"
        )
        self.agents = self._gauge("agents", "Agents in the last report, by their state.", "engine", "state")
        self.problems = self._gauge("problems", "Problems in the last report, by their kind.", "engine", "kind")
        self.intents = self._gauge("intents", "What the last report wants done, by its kind.", "engine", "kind")
        self.healthy = self._gauge("engine_healthy", "1 where a monitor's last answer was a report.", "engine")
        self.engine = self._gauge(
            "engine_figure", "What a monitor counts of itself, as its last report has it.", "engine", "figure"
        )
        self.evidence = self._gauge(
            "evidence_e_value",
            "Evidence for a rollback, by guardrail; it is called at the limit.",
            "guardrail",
            "stratum",
        )
        self.limit = self._gauge("evidence_limit", "The e-value at which a rollback is called.", "guardrail", "stratum")
        self.needed = self._gauge(
            "evidence_needed", "Clean units that a promotion still needs.", "guardrail", "stratum"
        )
        self.would_have = self._gauge(
            "would_have_acts", "Actions that a watch-only run did not do, by their kind.", "kind"
        )
        self.escalations = self._gauge("escalations_open", "Questions that wait for a person.")

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}_{name}", says, labels, registry=self.registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", says, labels, registry=self.registry)


def documented() -> list[tuple[str, str, str, str]]:
    """Every metric for a table: its name, type, labels and what it says."""
    rows = []
    for metric in vars(Instruments()).values():
        if isinstance(metric, CollectorRegistry):
            continue
        (family,) = metric.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append((name, family.type, ", ".join(metric._labelnames), family.documentation))  # noqa: SLF001
    return rows
