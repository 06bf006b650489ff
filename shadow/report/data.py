"""The report as JSON, for scripts: the record itself, in ASCII alone."""

import json
import re

from shadow.report.record import ShadowReport

_DELETE = re.compile("\x7f")


def as_json(report: ShadowReport) -> str:
    """Write a report as one JSON object, on one line, that carries `"schema": 1`.

    Every character outside ASCII is escaped, halves of surrogate pairs too: a terminal shows it as it is, and any
    reader of JSON gets back what stood there.
    """
    text = json.dumps(report.model_dump(mode="json", by_alias=True), ensure_ascii=True, separators=(",", ":"))
    return _DELETE.sub(r"\\u007f", text) + "\n"
