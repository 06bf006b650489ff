"""Figures for Prometheus and answers for health checks, read from the ledger; the dashboard serves the same three."""

from rollout.faces.metrics.answers import MetricsPages

__all__ = ["MetricsPages"]
