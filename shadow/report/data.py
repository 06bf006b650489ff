"""The report as JSON, for scripts: the record itself, in ASCII alone."""

import json
import re

from shadow.report.record import ShadowReport

_DELETE = re.compile("\x7f")


def as_json(report: ShadowReport) -> str:
    """Write a report as one JSON object, on one line, that carries `"schema": 1`.

    Every character outside ASCII is escaped, halves of surrogate pairs too: a terminal shows it unchanged, and any
    reader of JSON gets the original text back.
    """
    text = json.dumps(report.model_dump(mode="json", by_alias=True), ensure_ascii=True, separators=(",", ":"))
    return _DELETE.sub(r"\\u007f", text) + "\n"
