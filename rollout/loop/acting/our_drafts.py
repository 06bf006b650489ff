"""The guard of a draft that is submitted: a message of ours is sent alone, or not at all."""

from collections.abc import Callable

from tmuxio.acting.actuator import Guard, Veto
from tmuxio.acting.composer import ComposerReader, holds
from understudy.screens import Frame, PaneShot
from understudy.tokens import TOKEN, squeeze


def alone(composer: ComposerReader, line_of: Callable[[str], str | None], guard: Guard) -> Guard:
    """Return a guard that asks `guard`, and vetoes a message of ours that stands together with something else.

    `line_of` tells the line that carries a token, None where it is not known.
    """

    def judge(shot: PaneShot, frame: Frame) -> Veto | None:
        seen = composer(shot)
        why = mixture(seen.text, line_of) if seen is not None else ""
        return Veto(why) if why else guard(shot, frame)

    return judge


def mixture(text: str, line_of: Callable[[str], str | None]) -> str:
    """Return the text in a composer beside a message of ours; "" if there is none, or no message of ours."""
    seen = squeeze(text)
    tokens = list(dict.fromkeys(TOKEN.findall(seen)))
    if not tokens:
        return ""
    if len(tokens) > 1:
        return "several messages stand in the composer"
    if not seen.startswith(tokens[0]):
        return "something else stands in the composer before the message"
    line = line_of(tokens[0])
    return "" if line is None or holds(text, line) else "something else stands in the composer behind the message"
