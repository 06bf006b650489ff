"""Requirements of a test run, by variables that are taken out of its environment once they are read.

Every program under test inherits that environment: what begins with `UNDERSTUDY_` and is no setting, it refuses.
"""

import os
from typing import Final

INTEGRATION: Final = "UNDERSTUDY_REQUIRE_INTEGRATION"
"""Set to 1 where a flags server that cannot be started is a failure and no reason to skip."""
BROWSER: Final = "UNDERSTUDY_REQUIRE_BROWSER"
"""Set to 1 where a missing browser is a failure and no reason to skip."""
LARGE: Final = "UNDERSTUDY_BENCH_LARGE"
"""Set to 1 where benchmarks hold to their exact figures, on large servers too, for as long as that takes."""

_SET: Final = frozenset(name for name in (INTEGRATION, BROWSER, LARGE) if os.environ.get(name) == "1")


def on(name: str) -> bool:
    """Return whether this run insists on it."""
    return name in _SET


def keep_to_tests() -> None:
    """Take the variables out of the environment."""
    for name in (INTEGRATION, BROWSER, LARGE):
        os.environ.pop(name, None)
