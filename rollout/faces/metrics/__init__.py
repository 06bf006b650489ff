"""Metrics for Prometheus and health checks, read from the ledger; the dashboard serves the same three paths."""

from rollout.faces.metrics.answers import MetricsPages

__all__ = ["MetricsPages"]
