"""Play one part in this terminal: `python -m rollout.faces.demo.actors PART [--seed N] [--phase SECONDS]`.

With `DEMO_UNDERSTUDY_DIR` set, the keys that reached an approval dialog are counted there, in `dialog-keys/<pane>`.
The exit code is 0 when a part ends by leaving; its shell is then in front for the seconds that the part says.
"""

import os
import sys
import time

from rollout.faces.demo.actors.looks import LOOKS, cursor, title
from rollout.faces.demo.actors.performance import Performance
from rollout.faces.demo.actors.scenes import PARTS, ActorPart
from rollout.faces.demo.actors.terminal import Terminal

_LIMIT_HOURS = 9
"""A limit that ends farther off than any monitor would wait for: the demo is not to be paused by it."""


def main(arguments: list[str]) -> int:
    """Play until the part leaves, the terminal closes or somebody ends the process."""
    name = arguments[0] if arguments else "?"
    # argparse alone would double the time until the first screen is painted
    options = dict(zip(arguments[1::2], arguments[2::2], strict=False))
    seed, phase_s = int(options.get("--seed", "1")), float(options.get("--phase", "0"))
    if (part := PARTS.get(name)) is None or not sys.stdin.isatty():
        why = "needs a terminal" if part else f"knows no part {name!r}; the parts are: {', '.join(sorted(PARTS))}"
        sys.stderr.write(f"actor: {why}\n")
        sys.stderr.flush()
        return 2
    began = time.monotonic() - phase_s
    actor = Performance(part, seed, began, reset_hour=(time.gmtime().tm_hour + _LIMIT_HOURS) % 24)
    actor.advance(time.monotonic())
    with Terminal() as terminal:
        try:
            _play(actor, part, terminal)
        except (EOFError, KeyboardInterrupt):
            return 1
    terminal.answer_reads_late(round(actor.gone_s * 10))
    return 0


def _play(actor: Performance, part: ActorPart, terminal: Terminal) -> None:
    count = _Count()
    while not actor.over:
        now = time.monotonic()
        view = actor.view(now)
        width, height = terminal.size
        screen = LOOKS[part.cli](view, width, height)
        terminal.show(screen, title(part.cli, view), cursor(part.cli, view, screen, width))
        keys = terminal.read_keys(actor.wait_s(now))
        actor.type(keys, time.monotonic())
        actor.advance(time.monotonic())
        count.write(actor.dialog_keys)


class _Count:
    """Keeps the number of keys that reached a dialog in a file, for whoever must know that none did."""

    def __init__(self) -> None:
        folder, pane = os.environ.get("DEMO_UNDERSTUDY_DIR"), os.environ.get("TMUX_PANE")
        self._folder = f"{folder}/dialog-keys" if folder and pane else None
        self._name = pane or ""
        self._written = 0

    def write(self, keys: int) -> None:
        if self._folder is not None and keys != self._written:
            os.makedirs(self._folder, exist_ok=True)  # noqa: PTH103 - pathlib is heavy, see the package
            with open(f"{self._folder}/{self._name}", "w", encoding="ascii") as file:  # noqa: PTH123 - as above
                file.write(f"{keys}\n")
            self._written = keys


os._exit(main(sys.argv[1:]))  # at once: a dying interpreter is an agent that shows nothing for a moment
