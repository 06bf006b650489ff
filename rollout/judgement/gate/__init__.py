"""The judge over a benchmark file: rules about ratios, growth and budgets, each with its figure and its bound. Pure."""

from rollout.judgement.gate.findings import Finding, Verdict
from rollout.judgement.gate.judge import judge, ratios
from rollout.judgement.gate.measured import BadBench, Measured, read_measured, read_ratios
from rollout.judgement.gate.rules import BadGate, GateRules, read_rules

__all__ = [
    "BadBench",
    "BadGate",
    "Finding",
    "GateRules",
    "Measured",
    "Verdict",
    "judge",
    "ratios",
    "read_measured",
    "read_ratios",
    "read_rules",
]
