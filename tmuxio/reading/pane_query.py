"""Questions to a control client about single panes: their screens, and what lasts while the same runs in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tmuxio.reading import capture
from tmuxio.reading.listing import Lasting, PaneRow
from tmuxio.server.blocks import unescaped


@dataclass(frozen=True, slots=True)
class PaneQuery:
    """Which panes are looked at, and for what."""

    screens: Sequence[str]
    lasting: Sequence[str]
    buffer: str | None
    """Where a control client leaks what is printed to it, screens go through a buffer of this name instead."""

    def questions(self) -> list[str]:
        """One question for each screen, then one for each of what lasts; in the end the buffer is removed."""
        asked = [self._screen(capture.pane_id(pane)) for pane in self.screens]
        asked += [
            f"display-message -p -t {capture.pane_id(pane)} '#{{pane_tty}} #{{pane_current_command}}'"
            for pane in self.lasting
        ]
        if self.screens and self.buffer:
            asked.append(f"delete-buffer -b {self.buffer}")
        return asked

    def answers(
        self, blocks: Sequence[bytes], rows: Mapping[str, PaneRow]
    ) -> tuple[dict[str, str], dict[str, Lasting]]:
        """Read the blocks that answer `questions()`: screens and what lasts, by pane id.

        Panes that are gone, and screens of another size than the list in `rows` told, are left out.
        """
        screens: dict[str, str] = {}
        for pane, block in zip(self.screens, blocks, strict=False):
            if (row := rows.get(pane)) is None:
                continue
            try:
                screens[pane] = capture.read_one(unescaped(block).removesuffix(b"\n") if self.buffer else block, row)
            except capture.TornCapture:
                continue
        lasting: dict[str, Lasting] = {}
        for pane, block in zip(self.lasting, blocks[len(self.screens) :], strict=False):
            if block:  # a pane that is gone has no answer, one without a name an empty line
                tty, _, command = block.decode("utf-8", "replace").removesuffix("\n").partition(" ")
                lasting[pane] = Lasting(tty, command)
        return screens, lasting

    def _screen(self, pane: str) -> str:
        if self.buffer is None:
            return capture.question((pane,))
        return f"capture-pane -e -b {self.buffer} -t {pane}\nshow-buffer -b {self.buffer}"
