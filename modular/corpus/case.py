"""One case of the corpus: what a pane shows, and the state that this is."""

import re
from typing import Any, Final

from understudy import AgentState, IdleDetail
from understudy.record import Record

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_]*")
"""The form of a case's name, and of a CLI's."""
NO_DETAIL: Final = "none"
"""Stands in a file for a state without a detail, as TOML knows no null."""


class BadCase(ValueError):
    """A case that cannot be written; the text names the fault and the remedy."""


class Case(Record):
    """One case. The screens are exact: what is written is read back to the byte."""

    cli: str
    """The CLI whose folder holds it, by its name in the rules."""
    name: str
    """Tells it from the CLI's other cases: lower case, digits, underscores."""
    screens: tuple[str, ...]
    """One screen as `capture-pane -p -e` prints it, or some that were taken 0.3 s apart, oldest first."""
    state: AgentState
    """The right one."""
    detail: IdleDetail | None = None
    """The right detail, where `says_detail`."""
    says_detail: bool = False
    """The detail is part of what is right; it is not looked at elsewhere."""
    rule: str | None = None
    """The rule that has to decide; any may where it is None."""
    processes: tuple[str, ...] = ()
    """Command names under the pane, outermost first."""
    title: str = ""
    command: str = ""
    """tmux's `pane_current_command`."""
    window: str = ""
    """The window's name."""
    agent: str | None = None
    """The CLI, where the question names it and nothing has to find it out."""
    size: tuple[int, int] | None = None
    """Columns and rows of the pane; None stands for 80 and 24."""
    cursor: tuple[int, int] | None = None
    """Column and row of the cursor, from 0: for the reader, no rule looks at it."""
    why: str = ""
    """The reason that this state is the right one, and where the screen comes from."""
    xfail: str | None = None
    """The reason that the rules read it wrongly today; None where they read it rightly."""

    @property
    def id(self) -> str:
        """Return the CLI and the name as one text, such as `codex/idle_fresh`."""
        return f"{self.cli}/{self.name}"

    def with_screens(self, screens: tuple[str, ...]) -> "Case":
        """Return the case with other screens."""
        return self.model_copy(update={"screens": screens})

    def question(self) -> dict[str, Any]:
        """Return the case as a line of `classify --jsonl`."""
        known: dict[str, Any] = {
            "pane_title": self.title,
            "pane_current_command": self.command,
            "processes": list(self.processes),
            "window_name": self.window,
            "agent": self.agent,
        }
        if self.size is not None:
            known |= {"width": self.size[0], "height": self.size[1]}
        asked = {"id": self.name} | {key: value for key, value in known.items() if value}
        if len(self.screens) == 1:
            return asked | {"screen_ansi": self.screens[0]}
        coloured = any("\x1b" in screen for screen in self.screens)
        return asked | {"frames": list(self.screens)} | ({"screen_ansi": self.screens[-1]} if coloured else {})

    def expected(self) -> dict[str, Any]:
        """Return the part of the answer that has to be so, as `classify --jsonl` writes it."""
        wanted: dict[str, Any] = {"state": self.state.value}
        if self.says_detail:
            wanted["detail"] = None if self.detail is None else self.detail.value
        return wanted if self.rule is None else wanted | {"rule": self.rule}


def same_question(one: Case, other: Case) -> bool:
    """Return whether two cases show the same: then their answers are the same, and one of them is enough."""
    return one.question() | {"id": ""} == other.question() | {"id": ""}
