"""The quality of the judge's decisions as a table: `make decisions`. Ends with 3 if a figure misses its bound."""

import sys
from time import monotonic

from decision_table import Figure, table
from rival_judges import BOUND, RIVALS, WINDOW
from spell_figures import COLUMNS, LENGTH, spell_figures
from stream_figures import stream_figures


def main() -> int:
    """Print both tables, and say which figures fail."""
    began = monotonic()
    streams = list(stream_figures())
    title = "One guardrail, alpha 1 %, over streams; rates may exceed their bound by three standard errors."
    say(table(title, [rival.name for rival in RIVALS], streams))
    say(f"\nBeside it: windows of {WINDOW} that fail above {BOUND:.0%} (ten that pass promote), and Mann-Whitney.\n")
    spells = list(spell_figures())
    title = (
        f"Streams of {LENGTH:,} scored spells under the default plan, in scored spells until the judge knows.\n"
        "The other columns: the share of the same streams that another rule sends back."
    )
    say(table(title, COLUMNS, spells))
    failed = [figure for figure in (*streams, *spells) if not figure.holds]
    say(f"\n{len(streams) + len(spells)} figures in {monotonic() - began:.0f} s, {_said(failed)}")
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
