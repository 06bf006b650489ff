"""What the actors say: all of it invented here."""

from typing import Final, NamedTuple


class Topic(NamedTuple):
    """One turn of work."""

    prompt: str
    tool: str
    found: str
    answer: str


TOPICS: Final = (
    Topic(
        "make the basket keep its order after a reload",
        "Read(shop/basket.py)",
        "Read 84 lines",
        "The basket was rebuilt from a set, which has no order. It is a list now, and a reload gives back what was "
        "put in, first things first.",
    ),
    Topic(
        "why do two price labels differ by a cent?",
        "Search(pattern: round, path: shop/prices)",
        "Found 3 files",
        "One label rounds before the tax and the other after it. Both round after it now, and the sums on the receipt "
        "agree with the tape store.",
    ),
    Topic(
        "add a test for an empty warehouse",
        "Write(tests/test_warehouse.py)",
        "Wrote 31 lines",
        "An empty warehouse answers with an empty list and a note for the buyer. The test covers both, and the "
        "case of a tape store that was emptied a moment ago.",
    ),
    Topic(
        "tidy the imports of the courier module",
        "Bash(python -m compileall courier)",
        "Compiled 12 modules",
        "Four imports were unused and two were circular. The shared names moved down into a small module of their own, "
        "so both sides can import it.",
    ),
)

CRASH_TALK: Final = (
    "The report of last night has two entries. The importer was killed at 02:10:",
    "Segmentation fault (core dumped), and a worker ended in a traceback.",
    "Later the mail service said 'rate limit exceeded' and 'connection lost';",
    "both went away by themselves. Nothing of that concerns this session.",
)

DRAFT: Final = "then bump the version and write the release notes"
SUGGESTION: Final = 'Try "write a test for basket.py"'
COMMAND: Final = "git push origin release"
COMMAND_WHY: Final = "Publish the release branch"
MANAGING: Final = Topic("", "", "", "")
"""The turn of a manager: it shows nothing but that it lasts."""
NOTED: Final = "Noted. I will look at it when the others have reported."
API_ERROR: Final = "API Error: 529 Overloaded"


def rate_limit(hour_utc: int) -> str:
    """Say that the limit is reached and ends at this full hour (0-23, UTC)."""
    half = "am" if hour_utc < 12 else "pm"  # noqa: PLR2004 - noon
    return f"Claude usage limit reached. Your limit will reset at {hour_utc % 12 or 12}{half} (UTC)."


def output_line(number: int) -> str:
    """Print one line of a long test run."""
    return f"tests/shop/test_case_{number:04d}.py  passed in {1 + number * 7 % 23} ms"
