"""A face's text without the marks and the line breaks of its form, so that forms can be compared."""

import re


def flat(text: str) -> str:
    """A text without the marks and the line breaks of its form."""
    return re.sub(r"\s+", " ", re.sub(r"\\([^\w\s])", r"\1", text).replace("`", ""))
