"""How good the judge's decisions are, as a table: `make decisions`. Ends with 3 where a figure is outside its bound."""

import sys
from time import monotonic

from decision_table import Figure, table
from night_figures import COLUMNS, HOURS, PANES, SESSIONS, night_figures
from rival_judges import BOUND, RIVALS, WINDOW
from stream_figures import stream_figures


def main() -> int:
    """Print both tables, and say which figures fail."""
    began = monotonic()
    streams = list(stream_figures())
    title = "One guardrail, alpha 1 %, over streams of bouts; rates may exceed their bound by three standard errors."
    say(table(title, [rival.name for rival in RIVALS], streams))
    say(f"\nBeside it: windows of {WINDOW} that fail above {BOUND:.0%} (ten that pass promote), and Mann-Whitney.\n")
    nights = list(night_figures())
    title = (
        f"{HOURS:g} hours of {PANES} agents in {SESSIONS} sessions in shadow under the default plan: the share of\n"
        "nights that promote a wrong candidate. Measured is the judge where somebody closes every cluster at once;\n"
        "as shipped, a cluster of differing acts waits for a person."
    )
    say(table(title, COLUMNS, nights))
    failed = [figure for figure in (*streams, *nights) if not figure.holds]
    say(f"\n{len(streams) + len(nights)} figures in {monotonic() - began:.0f} s, {_said(failed)}")
    return 3 if failed else 0


def say(text: str) -> None:
    """Write it at once: the second table takes a minute."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _said(failed: list[Figure]) -> str:
    if not failed:
        return "every bound kept"
    names = "; ".join(figure.claim.strip() for figure in failed)
    return f"{len(failed)} outside their bounds: {names}"


if __name__ == "__main__":
    sys.exit(main())
