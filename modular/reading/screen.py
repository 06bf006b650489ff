"""One screen cut into the regions that rules speak of."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from modular.reading.composer import Composer, find_composer
from modular.rulebook.book import AgentRules, Looks
from modular.rulebook.file import RegionName
from understudy import PaneShot

_RULE_LINE: Final = re.compile(r"^\s*[─━═▔╌-]{8,}\s*$")

_ROWS_ABOVE: Final = 3


@dataclass(slots=True)
class Screen:
    """A pane's screen as plain rows, with its composer. Regions are cut when first asked for."""

    rows: Sequence[str]
    title: str
    composer: Composer | None
    echo: re.Pattern[str] | None
    likely: Looks
    """What of its CLI's looks it may have."""
    _filled: list[str] = field(init=False)
    _places: list[int] = field(init=False)
    """Which rows those are."""
    _cut: dict[tuple[str, int | None], str] = field(default_factory=dict)
    _echo_row: int | None = None

    def __post_init__(self) -> None:
        self._places = [index for index, row in enumerate(self.rows) if row and not row.isspace()]
        self._filled = [self.rows[index] for index in self._places]

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
        return self._filled

    def footer(self) -> list[str]:
        """The filled rows below the composer."""
        return [] if self.composer is None else self._filled[bisect_right(self._places, self.composer.last) :]

    def dialog(self) -> list[str]:
        """The filled rows below the composer, all of them where there is none."""
        return self.whole() if self.composer is None else self.footer()

    def typed(self) -> list[str]:
        """The rows of what stands in the composer."""
        return [] if self.composer is None else self.composer.text.split("\n")

    def above(self) -> list[str]:
        """The filled rows above the composer, all of them where there is none."""
        return self._filled if self.composer is None else self._filled[: bisect_left(self._places, self.composer.first)]

    def current_turn(self) -> list[str]:
        """Those of them below the last thing that a person asked."""
        return self.above()[self._asked_at() + 1 :]

    def asked(self) -> str:
        """The last thing that a person asked, and the rows above it that tell it from one like it; "" where none is."""
        last = self._asked_at()
        return "" if last < 0 else "\n".join(self.above()[max(0, last - _ROWS_ABOVE) : last + 1])

    def _asked_at(self) -> int:
        """Which of the rows above the composer is the last thing that a person asked; -1 where none is."""
        if self._echo_row is None:
            self._echo_row = -1 if self.echo is None else _last(self.echo, self.above())
        return self._echo_row

    def after_rule(self) -> list[str]:
        """The filled rows below the last horizontal rule."""
        return _below_last(_RULE_LINE, self._filled)


_REGIONS: Final[dict[RegionName, Callable[[Screen], list[str]]]] = {
    "screen": Screen.whole,
    "bottom": Screen.whole,
    "above": Screen.above,
    "turn": Screen.current_turn,
    "footer": Screen.footer,
    "dialog": Screen.dialog,
    "composer": Screen.typed,
    "after_rule": Screen.after_rule,
    "title": lambda screen: [screen.title],
}


def cut(shot: PaneShot, rules: AgentRules, *, colours: bool = True) -> Screen:
    """Cut a pane's screen as a CLI's rules read it; `colours` says whether the shot carries the colours it had."""
    rows = shot.text.split("\n")
    likely = rules.sieve.passes(shot.text)
    composer = find_composer(rows, shot.ansi if colours else None, likely.composers)
    return Screen(rows, shot.title, composer, rules.echo, likely)


def _below_last(pattern: re.Pattern[str], rows: list[str]) -> list[str]:
    """The rows below the last one in which the pattern is found; all of them where it is in none."""
    return rows[_last(pattern, rows) + 1 :]


def _last(pattern: re.Pattern[str], rows: list[str]) -> int:
    """Which row is the last in which the pattern is found; -1 where it is in none."""
    return next((index for index in range(len(rows) - 1, -1, -1) if pattern.search(rows[index])), -1)
