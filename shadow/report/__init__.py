"""The shadow-diff report as data, and the same as text, Markdown, JSON and a page for a browser."""

from shadow.report.balance import Balance, BoutPlace
from shadow.report.build import Surroundings, build_of
from shadow.report.confusion import ConfusionCell
from shadow.report.coverage import Coverage, coverage
from shadow.report.data import as_json
from shadow.report.markdown import as_markdown
from shadow.report.record import ExpectedRow, Move, Notes, Rate, Ruling, ShadowReport, StratumRow, waits
from shadow.report.scene import ClusterScene, Still
from shadow.report.show import show
from shadow.report.speeds import Speed, speed
from shadow.report.text import as_text

__all__ = [
    "Balance",
    "BoutPlace",
    "ClusterScene",
    "ConfusionCell",
    "Coverage",
    "ExpectedRow",
    "Move",
    "Notes",
    "Rate",
    "Ruling",
    "ShadowReport",
    "Speed",
    "Still",
    "StratumRow",
    "Surroundings",
    "as_json",
    "as_markdown",
    "as_text",
    "build_of",
    "coverage",
    "show",
    "speed",
    "waits",
]
