"""The 256 colours of a terminal on a page, and the contrast that keeps text readable on any ground."""

from typing import Final

RGB = tuple[int, int, int]

GROUND: Final[RGB] = (20, 24, 33)
"""The ground of a screen. Screens are dark in both themes: their colours were chosen for a dark terminal."""
TEXT: Final[RGB] = (214, 221, 232)
LIGHTEST_GROUND: Final[RGB] = (52, 44, 74)
"""The lightest ground of lines that made a rule fire (style.css); text that is readable on it is readable on all."""
READABLE: Final = 4.5
"""The least contrast of text that WCAG 2 calls readable (AA)."""

_SIXTEEN: Final[tuple[RGB, ...]] = (
    (72, 80, 96),
    (240, 113, 120),
    (133, 200, 108),
    (230, 180, 80),
    (100, 160, 250),
    (200, 140, 235),
    (90, 200, 205),
    (200, 207, 218),
    (128, 138, 156),
    (255, 143, 148),
    (160, 222, 135),
    (255, 205, 110),
    (135, 185, 255),
    (220, 170, 255),
    (125, 225, 228),
    (255, 255, 255),
)
_STEPS: Final = (0, 95, 135, 175, 215, 255)
_CUBE: Final = 16
_GREYS: Final = 232


def indexed(number: int) -> RGB:
    """One of a terminal's 256 colours; numbers outside are taken for the nearest."""
    number = min(max(number, 0), 255)
    if number < _CUBE:
        return _SIXTEEN[number]
    if number >= _GREYS:
        grey = 8 + 10 * (number - _GREYS)
        return grey, grey, grey
    number -= _CUBE
    return _STEPS[number // 36], _STEPS[number // 6 % 6], _STEPS[number % 6]


def contrast(one: RGB, two: RGB) -> float:
    """The contrast of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(text: RGB, ground: RGB) -> RGB:
    """Move a text's colour towards white, or black, as far as it takes to be read on a ground."""
    goal = max(((255, 255, 255), (0, 0, 0)), key=lambda end: contrast(end, ground))
    for share in range(11):
        shade = blend(text, goal, share / 10)
        if contrast(shade, ground) >= READABLE:
            return shade
    return goal


def blend(one: RGB, two: RGB, share: float) -> RGB:
    """Return a mixture of two colours."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def css(colour: RGB) -> str:
    """Return a colour as a style sheet writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own figures
