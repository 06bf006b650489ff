"""The names of shells: a pane whose processes are shells alone has no agent in front."""

from typing import Final

SHELLS: Final = frozenset(
    {"ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "login", "mksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh"}
)
"""Command names; `login`, which only starts a shell, counts as one."""


def command_name(process: str) -> str:
    """Return a process's name without its folder and without the dash of a login shell (`-bash`, `/bin/zsh`)."""
    return process.rsplit("/", 1)[-1].lstrip("-")


def is_shell(process: str) -> bool:
    """Return whether a process of this name is a shell."""
    return command_name(process) in SHELLS
