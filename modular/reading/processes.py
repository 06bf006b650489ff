"""Who is in front: the chain of processes under a pane decides whether an agent is there at all.

After a hard kill the title, the spinner and the composer stay on the screen; only the process tree says that nobody is
there. A window's name never says which CLI runs in it.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from contract import PaneShot
from modular.rulebook.book import RuleBook

SHELLS: Final = frozenset(
    {"ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "login", "mksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh"}
)
RUNTIMES: Final = frozenset({"bun", "deno", "node", "nodejs", "npx", "pipx", "python", "python3", "uv", "uvx"})
"""Interpreters under which many CLIs hide: they say that something runs, not what."""

WRAPPERS: Final = frozenset(
    {"docker", "env", "kubectl", "mosh-client", "nohup", "podman", "script", "ssh", "stdbuf", "su", "sudo", "timeout"}
)
"""Programs behind which an agent runs unseen."""
HOLDERS: Final = frozenset({"cat", "sleep"})
"""Programs that draw nothing of their own: what stands above them was put there, as in a demonstration."""


class Front(Enum):
    """What the processes say."""

    AGENT = "agent"
    """A known agent CLI is in the chain."""
    PROGRAM = "program"
    """Something that is no shell runs; it may be an agent under an interpreter."""
    SHELL = "shell"
    """Only shells: whatever ran there has left."""
    NOTHING = "nothing"
    """The process ended."""
    UNSEEN = "unseen"
    """The processes could not be read."""


def chain(shot: PaneShot) -> tuple[str, ...]:
    """The pane's command names, outermost first; where they could not be read, the one that tmux names."""
    return shot.processes or ((shot.command,) if shot.command else ())


def front(processes: Sequence[str], book: RuleBook, *, dead: bool = False) -> Front:
    """Say what is in front."""
    if dead:
        return Front.NOTHING
    if not processes:
        return Front.UNSEEN
    if agent_of(processes, book) is not None:
        return Front.AGENT
    return Front.SHELL if all(_base(name) in SHELLS for name in processes) else Front.PROGRAM


def agent_of(processes: Sequence[str], book: RuleBook) -> str | None:
    """Name the agent CLI in a chain of processes; None where none goes by its own name."""
    for name in processes:
        if (agent := book.by_process.get(_base(name))) is not None:
            return agent
    return None


def may_hide_an_agent(processes: Sequence[str]) -> bool:
    """Whether nothing but shells, interpreters and wrappers is to be seen: an agent may hide behind one."""
    return all(_base(name) in SHELLS | WRAPPERS or _versionless(_base(name)) in RUNTIMES for name in processes)


def draws_nothing(processes: Sequence[str]) -> bool:
    """Whether nothing in the chain is known to draw a screen of its own, so that the screen may speak for itself."""
    return may_hide_an_agent([name for name in processes if _base(name) not in HOLDERS])


def runs_a_tool(processes: Sequence[str]) -> bool:
    """Whether a program started a shell that started another program: an agent that runs a command."""
    kinds = [_base(name) in SHELLS for name in processes]
    programs = [index for index, is_shell in enumerate(kinds) if not is_shell]
    return len(programs) > 1 and any(kinds[programs[0] : programs[-1]])


def _base(name: str) -> str:
    """`-bash` is a login shell, `/usr/bin/node` a path."""
    return name.rsplit("/", 1)[-1].lstrip("-")


def _versionless(name: str) -> str:
    return name.rstrip("0123456789.") if name.startswith("python") else name
