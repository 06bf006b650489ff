"""One screen cut into the regions that rules speak of."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from contract import PaneShot
from modular.composer import Composer, find_composer
from modular.rulebook import AgentRules
from modular.rulefile import RegionName

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

        `screen` is everything, and so is `bottom`, meant with a number; `above` ends where the composer begins; `turn`
        is that from the last thing a person asked on; `footer` is below the composer; `dialog` the same, and everything
        where there is no composer: what a dialog is drawn over or under; `composer` is what stands in it; `after_rule`
        is below the last horizontal rule; `title` is the pane's title.
        """
        key = (name, lines)
        if (known := self._cut.get(key)) is None:
            rows = _REGIONS[name](self)
            known = self._cut[key] = "\n".join(rows if lines is None else rows[-lines:])
        return known

    def whole(self) -> list[str]:
        """Every filled row."""
        return _filled(self.rows)

    def footer(self) -> list[str]:
        """The filled rows below the composer."""
        return [] if self.composer is None else _filled(self.rows[self.composer.last + 1 :])

    def dialog(self) -> list[str]:
        """The filled rows below the composer, all of them where there is none."""
        return self.whole() if self.composer is None else self.footer()

    def typed(self) -> list[str]:
        """The rows of what stands in the composer."""
        return [] if self.composer is None else self.composer.text.split("\n")

    def above(self) -> list[str]:
        """The filled rows above the composer, all of them where there is none."""
        return _filled(self.rows if self.composer is None else self.rows[: self.composer.first])

    def turn(self) -> list[str]:
        """Those of them below the last thing that a person asked."""
        rows = self.above()
        if self.echo is not None:
            for index in range(len(rows) - 1, -1, -1):
                if self.echo.search(rows[index]):
                    return rows[index + 1 :]
        return rows

    def after_rule(self) -> list[str]:
        """The filled rows below the last horizontal rule."""
        rows = _filled(self.rows)
        for index in range(len(rows) - 1, -1, -1):
            if _RULE_LINE.search(rows[index]):
                return rows[index + 1 :]
        return rows


_REGIONS: Final[dict[RegionName, Callable[[Screen], list[str]]]] = {
    "screen": Screen.whole,
    "bottom": Screen.whole,
    "above": Screen.above,
    "turn": Screen.turn,
    "footer": Screen.footer,
    "dialog": Screen.dialog,
    "composer": Screen.typed,
    "after_rule": Screen.after_rule,
    "title": lambda screen: [screen.title],
}


def cut(shot: PaneShot, rules: AgentRules, *, colours: bool = True) -> Screen:
    """Cut a pane's screen as a CLI's rules read it; `colours` says whether the shot carries the colours it had."""
    rows = shot.text.split("\n")
    composer = find_composer(rows, shot.ansi if colours else None, rules.composers)
    return Screen(rows, shot.title, composer, rules.echo)


def _filled(rows: Sequence[str]) -> list[str]:
    return [row for row in rows if row and not row.isspace()]
