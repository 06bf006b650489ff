"""The shadow-diff report as data, and the same in text, Markdown and JSON."""

from shadow.report.build import ExpectedRow, Rate, ShadowReport, StratumRow, build
from shadow.report.data import as_json
from shadow.report.markdown import as_markdown
from shadow.report.show import show
from shadow.report.text import as_text

__all__ = [
    "ExpectedRow",
    "Rate",
    "ShadowReport",
    "StratumRow",
    "as_json",
    "as_markdown",
    "as_text",
    "build",
    "show",
]
