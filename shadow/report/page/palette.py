"""The looks that occur on the screens of a page, each as one class of its style sheet: no style stands in the page."""

from dataclasses import dataclass, field
from typing import Final

from shadow.report.page.ansi import PLAIN, TextStyle
from shadow.report.page.colours import GROUND, LIGHTEST_GROUND, RGB, TEXT, blend, css, readable

MOST_LOOKS: Final = 2000
"""A screen can hold a colour of its own in every cell; what comes after so many looks plain."""
_DIM: Final = 0.4
"""So much of the way to its ground goes a dim text, as far as it stays readable."""


@dataclass(slots=True)
class Palette:
    """Gives looks their classes, in the order in which they occur."""

    _names: dict[TextStyle, str] = field(default_factory=dict)

    def name(self, look: TextStyle) -> str:
        """The class of a look; none for the terminal's own."""
        if look == PLAIN or (look not in self._names and len(self._names) >= MOST_LOOKS):
            return ""
        return self._names.setdefault(look, f"l{len(self._names)}")

    def sheet(self) -> str:
        """The rules of all classes that were given."""
        return "".join(f".{name}{{{_declarations(look)}}}\n" for look, name in self._names.items())


def _declarations(look: TextStyle) -> str:
    fore, back = look.fore or TEXT, look.back
    if look.reverse:
        fore, back = back or GROUND, fore
    if look.dim:
        fore = blend(fore, back or GROUND, _DIM)
    parts = [f"color:{css(_on(fore, back))}"]
    if back is not None:
        parts.append(f"background:{css(back)}")
    if look.bold:
        parts.append("font-weight:700")
    if look.italic:
        parts.append("font-style:italic")
    lines = [name for name, drawn in (("underline", look.underline), ("line-through", look.struck)) if drawn]
    if lines:
        parts.append(f"text-decoration:{' '.join(lines)}")
    return ";".join(parts)


def _on(fore: RGB, back: RGB | None) -> RGB:
    return readable(fore, LIGHTEST_GROUND if back is None else back)
