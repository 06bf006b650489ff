"""The judge over a benchmark file: rules about ratios, growth and budgets, each with its figure and its bound. Pure."""

from rollout.judgement.gate.findings import GateFinding, GateVerdict
from rollout.judgement.gate.judge import judge, ratios
from rollout.judgement.gate.measured import BadBench, Measurement, read_measured, read_ratios
from rollout.judgement.gate.rules import BadGate, GateRules, read_rules

__all__ = [
    "BadBench",
    "BadGate",
    "GateFinding",
    "GateRules",
    "GateVerdict",
    "Measurement",
    "judge",
    "ratios",
    "read_measured",
    "read_ratios",
    "read_rules",
]
