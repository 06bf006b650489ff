"""The referee's names of looks, scored in a table: `make referee`. Ends with 1 where a figure is outside its bound."""

import sys
from time import monotonic

from name_figures import figures, table
from recorded_trial import Truth, analysis, spells_of


def main() -> int:
    """Print the table, and the bounds that are not kept."""
    began = monotonic()
    watched = analysis()
    spells = spells_of(watched)
    found = figures(watched, spells, Truth())
    names = {(spell.id, spell.ended, spell.named, spell.rule) for spell in spells}
    for pair in PAIRS:
        found.same_for_every_pair &= names == {
            (spell.id, spell.ended, spell.named, spell.rule) for spell in spells_of(watched, pair)
        }
    faults = list(found.faults())
    verdict = "every bound kept" if not faults else f"outside: {'; '.join(faults)}"
    sys.stdout.write(f"{table(found)}\n{verdict} ({monotonic() - began:.0f} s)\n")
    return 1 if faults else 0


PAIRS = (
    lambda one: (one.candidate, one.incumbent),
    lambda one: (one.incumbent, one.incumbent),
    lambda one: (one.candidate, one.candidate),
)


if __name__ == "__main__":
    sys.exit(main())
