"""The report as one self-contained page for a browser."""

from shadow.report.page.render import as_html

__all__ = ["as_html"]
