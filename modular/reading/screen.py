"""One screen divided into the regions that rules name."""

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
    """The parts of its CLI's look that it may have."""
    _filled: list[str] = field(init=False)
    _places: list[int] = field(init=False)
    """The rows of the composer."""
    _cut: dict[tuple[str, int | None], str] = field(default_factory=dict)
    _echo_row: int | None = None

    def __post_init__(self) -> None:
        self._places = [index for index, row in enumerate(self.rows) if row and not row.isspace()]
        self._filled = [self.rows[index] for index in self._places]

    def region(self, name: RegionName, lines: int | None = None) -> str:
        """Return a region's last `lines` non-blank rows (None: all of them), joined by line ends.

        `screen` is everything, and so is `bottom`, meant with a number; `above` ends where the composer begins; `turn`
        is the part of it from a person's last request on; `footer` is below the composer; `dialog` is the same, or
        everything where a dialog has replaced the composer; `composer` is the text in it; `after_rule` is below the
        last horizontal rule; `title` is the pane's title.
        """
        key = (name, lines)
        if (known := self._cut.get(key)) is None:
            rows = self.rows_of(name)
            known = self._cut[key] = "\n".join(rows if lines is None else rows[-lines:])
        return known

    def rows_of(self, name: RegionName) -> list[str]:
        """Return a region's filled rows."""
        return _REGIONS[name](self)

    def whole(self) -> list[str]:
        """Return every filled row."""
        return self._filled

    def footer(self) -> list[str]:
        """Return the filled rows below the composer."""
        return [] if self.composer is None else self._filled[bisect_right(self._places, self.composer.last) :]

    def dialog(self) -> list[str]:
        """Return the filled rows below the composer, all of them where there is none."""
        return self.whole() if self.composer is None else self.footer()

    def typed(self) -> list[str]:
        """Return the rows of the composer's text."""
        return [] if self.composer is None else self.composer.text.split("\n")

    def above(self) -> list[str]:
        """Return the filled rows above the composer, all of them where there is none."""
        return self._filled if self.composer is None else self._filled[: bisect_left(self._places, self.composer.first)]

    def current_turn(self) -> list[str]:
        """Return those of them below a person's last request."""
        return self.above()[self._asked_at() + 1 :]

    def asked(self) -> str:
        """Return a person's last request with the rows above it, which distinguish equal ones; "" where none is."""
        last = self._asked_at()
        return "" if last < 0 else "\n".join(self.above()[max(0, last - _ROWS_ABOVE) : last + 1])

    def _asked_at(self) -> int:
        """Return the index, among the rows above the composer, of a person's last request; -1 where none is."""
        if self._echo_row is None:
            self._echo_row = -1 if self.echo is None else _last(self.echo, self.above())
        return self._echo_row

    def after_rule(self) -> list[str]:
        """Return the filled rows below the last horizontal rule."""
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
    """Divide a pane's screen for a CLI's rules; `colours` is whether the shot carries the colours of the screen."""
    rows = shot.text.split("\n")
    likely = rules.sieve.passes(shot.text)
    composer = find_composer(rows, shot.ansi if colours else None, likely.composers)
    return Screen(rows, shot.title, composer, rules.echo, likely)


def _below_last(pattern: re.Pattern[str], rows: list[str]) -> list[str]:
    """Return the rows below the last one in which the pattern is found; all of them where it is in none."""
    return rows[_last(pattern, rows) + 1 :]


def _last(pattern: re.Pattern[str], rows: list[str]) -> int:
    """Return the index of the last row in which the pattern is found; -1 where it is in none."""
    return next((index for index in range(len(rows) - 1, -1, -1) if pattern.search(rows[index])), -1)
