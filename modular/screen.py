"""One screen cut into the regions that rules speak of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from contract import PaneShot
from modular.composer import Composer, find_composer
from modular.rulebook import AgentRules, RegionName

_RULE_LINE: Final = re.compile(r"^\s*[─━═▔╌-]{8,}\s*$")


@dataclass(slots=True)
class Screen:
    """A pane's screen as plain rows, with its composer. Regions are cut when first asked for."""

    rows: Sequence[str]
    title: str
    composer: Composer | None
    echo: re.Pattern[str] | None
    _cut: dict[tuple[str, int | None], str] = field(default_factory=dict)

    def region(self, name: RegionName, lines: int | None = None) -> str:
        """Return a region's last `lines` non-blank rows (None: all of them), joined by line ends.

        `screen` is everything; `bottom` the same, meant with a number; `above` ends where the composer begins; `turn` is
        that from the last thing a person asked on; `footer` is below the composer; `dialog` the same, and everything where there is no composer: what a dialog is
        drawn over or under; `composer` is what stands in it;
        `after_rule` is below the last horizontal rule; `title` is the pane's title.
        """
        key = (name, lines)
        if (known := self._cut.get(key)) is None:
            rows = self._rows_of(name)
            known = self._cut[key] = "\n".join(rows if lines is None else rows[-lines:])
        return known

    def _rows_of(self, name: RegionName) -> list[str]:
        match name:
            case "title":
                return [self.title]
            case "composer":
                return [] if self.composer is None else self.composer.text.split("\n")
            case "screen" | "bottom":
                return _filled(self.rows)
            case "footer":
                return [] if self.composer is None else _filled(self.rows[self.composer.last + 1 :])
            case "dialog":
                return _filled(self.rows if self.composer is None else self.rows[self.composer.last + 1 :])
            case "above":
                return self._above()
            case "turn":
                return self._turn()
            case "after_rule":
                return self._after_rule()

    def _above(self) -> list[str]:
        return _filled(self.rows if self.composer is None else self.rows[: self.composer.first])

    def _turn(self) -> list[str]:
        rows = self._above()
        if self.echo is not None:
            for index in range(len(rows) - 1, -1, -1):
                if self.echo.search(rows[index]):
                    return rows[index + 1 :]
        return rows

    def _after_rule(self) -> list[str]:
        rows = _filled(self.rows)
        for index in range(len(rows) - 1, -1, -1):
            if _RULE_LINE.search(rows[index]):
                return rows[index + 1 :]
        return rows


def cut(shot: PaneShot, rules: AgentRules, *, colours: bool = True) -> Screen:
    """Cut a pane's screen as a CLI's rules read it; `colours` says whether the shot carries the colours it had."""
    rows = shot.text.split("\n")
    composer = find_composer(rows, shot.ansi if colours else None, rules.composers)
    return Screen(rows, shot.title, composer, rules.echo)


def _filled(rows: Sequence[str]) -> list[str]:
    return [row for row in rows if row and not row.isspace()]
