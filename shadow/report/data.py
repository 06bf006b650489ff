"""The report as JSON, for scripts: the record itself."""

from shadow.report.build import ShadowReport


def as_json(report: ShadowReport) -> str:
    """Write a report as one indented JSON object that carries `"schema": 1`."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"
