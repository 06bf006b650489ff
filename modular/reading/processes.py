"""The program in front: the chain of processes under a pane decides whether an agent is there at all.

After a hard kill the title, the spinner and the composer stay on the screen; only the process tree shows that no agent
is there. A window's name never identifies its CLI.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

from modular.rulebook.book import RuleBook
from understudy import PaneShot
from understudy.shells import SHELLS, command_name

RUNTIMES: Final = frozenset(
    {
        "MainThread", "bun", "deno", "node", "node-MainThread", "nodejs", "npx", "pipx", "python", "python3", "uv",
        "uvx",
    }
)  # fmt: skip
"""Interpreters of many CLIs: they show that a program runs, but not which one. Newer ones of node are called by the
name of their first thread."""

WRAPPERS: Final = frozenset(
    {
        "dbus-run-session", "doas", "env", "expect", "ionice", "nice", "nohup", "nsenter", "script", "setsid", "stdbuf",
        "strace", "su", "sudo", "time", "timeout", "unbuffer", "unshare",
    }
)  # fmt: skip
"""Programs that start another one in the pane, and draw nothing themselves."""
MULTIPLEXERS: Final = frozenset({"abduco", "byobu", "dtach", "screen", "tmux", "tmux: client", "zellij"})
"""Programs that show the screens of others, and may draw a frame or a status row around them."""
REMOTE: Final = MULTIPLEXERS | frozenset(
    {
        "asciinema", "autossh", "bwrap", "devcontainer", "distrobox", "docker", "docker-compose", "et", "firejail",
        "incus", "kubectl", "limactl", "lxc", "lxc-attach", "machinectl", "mosh", "mosh-client", "nerdctl", "oc",
        "podman", "session-manager", "ssh", "sshpass", "systemd-nspawn", "systemd-run", "telnet", "toolbox", "tsh",
        "vagrant",
    }
)  # fmt: skip
"""Programs behind which others run that are no processes of the pane: in a container, elsewhere, under a server."""
_STARTERS: Final = SHELLS | WRAPPERS | REMOTE
HOLDERS: Final = frozenset({"cat", "sleep"})
"""Programs that draw nothing: the text above them was put there, as in a demonstration."""
VIEWERS: Final = HOLDERS | frozenset(
    {
        "atop", "bat", "batcat", "btop", "delta", "diff", "ed", "emacs", "glow", "grep", "head", "helix", "htop", "hx",
        "journalctl", "kak", "lazygit", "less", "lf", "lnav", "man", "mc", "mcedit", "micro", "moar", "more", "most",
        "nano", "nnn", "nvim", "pg", "ranger", "tail", "tee", "tig", "top", "vi", "view", "vim", "vimdiff", "w3m",
        "watch", "yazi",
    }
)  # fmt: skip
"""Programs that show files and logs, in which an agent's screen may stand: there is no agent in front."""
_VERSION: Final = re.compile(r"v?\d+\.\d+(?:\.\d+)*(?:[-+][\w.]+)?")
"""A program whose file is named by its version, as self-updating CLIs install themselves."""
_VERSIONED: Final = re.compile(r"([a-z][\w-]*?)[-_]v?\d+\.\d[\w.+-]*")
"""A program that carries its version behind its name."""


class Front(Enum):
    """The kind of program in front."""

    AGENT = "agent"
    """A known agent CLI is in the chain."""
    PROGRAM = "program"
    """A program that is no shell runs; it may be an agent under an interpreter."""
    HIDDEN = "hidden"
    """A program runs behind which others run unseen, maybe an agent, maybe a shell."""
    SHELL = "shell"
    """Only shells: any other program has left."""
    NOTHING = "nothing"
    """The process ended."""
    UNSEEN = "unseen"
    """The processes could not be read."""


def chain(shot: PaneShot) -> tuple[str, ...]:
    """The pane's command names, outermost first; where they could not be read, the one that tmux names."""
    return shot.processes or ((shot.command,) if shot.command else ())


def front(processes: Sequence[str], book: RuleBook, *, dead: bool = False) -> Front:
    """Return the kind of program in front."""
    if dead:
        return Front.NOTHING
    if not processes:
        return Front.UNSEEN
    if agent_of(processes, book) is not None:
        return Front.AGENT
    names = {command_name(name) for name in processes}
    if names <= SHELLS:
        return Front.SHELL
    hides = command_name(processes[-1]) not in SHELLS and names <= _STARTERS
    return Front.HIDDEN if hides else Front.PROGRAM


def agent_of(processes: Sequence[str], book: RuleBook) -> str | None:
    """Name the agent CLI in a chain of processes; None where none goes by its own name."""
    for name in processes:
        base = command_name(name)
        agent = book.by_process.get(base)
        if agent is None and (versioned := _VERSIONED.fullmatch(base)) is not None:
            agent = book.by_process.get(versioned[1])
        if agent is not None:
            return agent
    return None


def may_hide_an_agent(processes: Sequence[str]) -> bool:
    """Return whether only shells, interpreters and wrappers are in the chain: an agent may run behind one."""
    return all(_hides(command_name(name)) for name in processes)


def views(processes: Sequence[str]) -> bool:
    """Return whether a program shows a file or a log, which may contain an agent's screen."""
    return any(command_name(name) in VIEWERS for name in processes)


def multiplexes(processes: Sequence[str]) -> bool:
    """Return whether a multiplexer runs in the pane and draws its screen."""
    return any(command_name(name) in MULTIPLEXERS for name in processes)


def may_nest(processes: Sequence[str]) -> bool:
    """Return whether a multiplexer, in the pane or behind its program, may have drawn the screen."""
    return any(command_name(name) in REMOTE for name in processes)


def draws_nothing(processes: Sequence[str]) -> bool:
    """Return whether no program in the chain is known to draw a screen of its own, so that the screen may decide."""
    return may_hide_an_agent([name for name in processes if command_name(name) not in HOLDERS])


def runs_a_tool(processes: Sequence[str]) -> bool:
    """Return whether a program started a shell that started another program: an agent that runs a command."""
    kinds = [command_name(name) in SHELLS for name in processes]
    programs = [index for index, is_shell in enumerate(kinds) if not is_shell]
    return len(programs) > 1 and any(kinds[programs[0] : programs[-1]])


def _hides(name: str) -> bool:
    return name in _STARTERS or _versionless(name) in RUNTIMES or _VERSION.fullmatch(name) is not None


def _versionless(name: str) -> str:
    return name.rstrip("0123456789.") if name.startswith("python") else name
