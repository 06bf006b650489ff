"""The share of right verdicts of `modular` on the recorded trial: `make trial`. Ends with 3 outside the bound."""

import sys
from time import monotonic

from trial_accuracy import AT_LEAST, TRIAL, Truth, accuracy, jsonl, table, tapes

from modular.service import MonitorService


def main() -> int:
    """Print the table, and whether the bound is kept."""
    began = monotonic()
    found = accuracy(MonitorService(), tapes(TRIAL / "tapes"), Truth(jsonl(TRIAL / "truth.jsonl")))
    kept = found.right >= AT_LEAST and not found.costly
    verdict = "kept" if kept else "NOT kept"
    sys.stdout.write(f"{table(found)}\nbound: at least {AT_LEAST:.1%} right and nothing costly: {verdict}; ")
    sys.stdout.write(f"{monotonic() - began:.0f} s\n")
    return 0 if kept else 3


if __name__ == "__main__":
    sys.exit(main())
