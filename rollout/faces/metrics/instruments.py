"""Every metric with its name, labels and meaning. No label ever holds a pane, a session or typed text."""

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
        self.verdict = self._gauge("rollout_verdict_info", "Always 1; the judge's last verdict.", "verdict")
        self.weight = self._gauge("rollout_weight_ratio", "The share of leases that the candidate may own, 0 to 1.")
        self.acts = self._gauge(
            "rollout_acts", "1 where the owner's intents reach tmux, 0 where the run is watch-only."
        )
        self.rollbacks = self._counter("rollbacks_total", "Rollbacks, by their origin: judge or person.", "trigger")
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
        self.waited = self._counter(
            "cycle_waited_seconds_total", "Seconds of its cycles that a monitor slept on purpose.", "engine"
        )
        self.mismatches = self._counter(
            "shadow_mismatches_total", "Differences between the two monitors, by severity.", "kind"
        )
        self.agents = self._gauge("agents", "Agents in the last report, by their state.", "engine", "state")
        self.problems = self._gauge("problems", "Problems in the last report, by their kind.", "engine", "kind")
        self.intents = self._gauge("intents", "Intents in the last report, by their kind.", "engine", "kind")
        self.healthy = self._gauge("engine_healthy", "1 if a monitor's last answer was a report, else 0.", "engine")
        self.engine = self._gauge(
            "engine_figure", "A monitor's own counters, from its last report.", "engine", "figure"
        )
        self.evidence = self._gauge(
            "evidence_e_value",
            "Evidence that the candidate is unsafe, by guardrail and named state.",
            "guardrail",
            "stratum",
        )
        self.limit = self._gauge(
            "evidence_limit", "The e-value at which the candidate is unsafe.", "guardrail", "stratum"
        )
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
    """Return every metric for a table: its name, type, labels and meaning."""
    rows = []
    for metric in vars(Instruments()).values():
        if isinstance(metric, CollectorRegistry):
            continue
        (family,) = metric.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append((name, family.type, ", ".join(metric._labelnames), family.documentation))  # noqa: SLF001
    return rows
