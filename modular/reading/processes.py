"""Who is in front: the chain of processes under a pane decides whether an agent is there at all.

After a hard kill the title, the spinner and the composer stay on the screen; only the process tree says that nobody is
there. A window's name never says which CLI runs in it.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

from modular.rulebook.book import RuleBook
from understudy import PaneShot

SHELLS: Final = frozenset(
    {"ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "login", "mksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh"}
)
RUNTIMES: Final = frozenset({"bun", "deno", "node", "nodejs", "npx", "pipx", "python", "python3", "uv", "uvx"})
"""Interpreters under which many CLIs hide: they say that something runs, not what."""

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
"""Programs that draw nothing of their own: what stands above them was put there, as in a demonstration."""
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


class Front(Enum):
    """What the processes say."""

    AGENT = "agent"
    """A known agent CLI is in the chain."""
    PROGRAM = "program"
    """Something that is no shell runs; it may be an agent under an interpreter."""
    HIDDEN = "hidden"
    """A program runs behind which others run unseen, maybe an agent, maybe a shell."""
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
    names = {_base(name) for name in processes}
    if names <= SHELLS:
        return Front.SHELL
    hides = _base(processes[-1]) not in SHELLS and names <= _STARTERS
    return Front.HIDDEN if hides else Front.PROGRAM


def agent_of(processes: Sequence[str], book: RuleBook) -> str | None:
    """Name the agent CLI in a chain of processes; None where none goes by its own name."""
    for name in processes:
        if (agent := book.by_process.get(_base(name))) is not None:
            return agent
    return None


def may_hide_an_agent(processes: Sequence[str]) -> bool:
    """Whether nothing but shells, interpreters and wrappers is to be seen: an agent may hide behind one."""
    return all(_hides(_base(name)) for name in processes)


def views(processes: Sequence[str]) -> bool:
    """Whether a program shows a file or a log: an agent's screen may stand in it."""
    return any(_base(name) in VIEWERS for name in processes)


def multiplexes(processes: Sequence[str]) -> bool:
    """Whether a multiplexer runs in the pane, and draws what is seen."""
    return any(_base(name) in MULTIPLEXERS for name in processes)


def may_nest(processes: Sequence[str]) -> bool:
    """Whether a multiplexer may have drawn what is seen, in the pane or behind what runs there."""
    return any(_base(name) in REMOTE for name in processes)


def draws_nothing(processes: Sequence[str]) -> bool:
    """Whether nothing in the chain is known to draw a screen of its own, so that the screen may speak for itself."""
    return may_hide_an_agent([name for name in processes if _base(name) not in HOLDERS])


def runs_a_tool(processes: Sequence[str]) -> bool:
    """Whether a program started a shell that started another program: an agent that runs a command."""
    kinds = [_base(name) in SHELLS for name in processes]
    programs = [index for index, is_shell in enumerate(kinds) if not is_shell]
    return len(programs) > 1 and any(kinds[programs[0] : programs[-1]])


def _hides(name: str) -> bool:
    return name in _STARTERS or _versionless(name) in RUNTIMES or _VERSION.fullmatch(name) is not None


def _base(name: str) -> str:
    """`-bash` is a login shell, `/usr/bin/node` a path."""
    return name.rsplit("/", 1)[-1].lstrip("-")


def _versionless(name: str) -> str:
    return name.rstrip("0123456789.") if name.startswith("python") else name
