"""How an actor looks like an agent CLI to whoever asks the system: its program's name, its shell, its prompt."""

import os
import sys
from pathlib import Path
from typing import Final

from rollout.faces.demo.actors.looks import LOOKS
from rollout.faces.demo.actors.scenes import PARTS

# `set -m` gives the program a foreground process group of its own, as an interactive shell would; `read` gives up after
# as long as the leaving actor told the terminal, so that the shell itself, and nothing else, is in front meanwhile.
# What is typed to that shell is never run.
_PANE_SCRIPT: Final = r"""
set -m
phase=$5
left() {
  printf '\033[?7h\033[?25h\033[?1049l\033]2;dev@box: ~/shop\007Resume this session with:\n'
  printf '%s --resume %s\ndev@box:~/shop$ ' "$1" "$2"
}
while "$1" -S -m rollout.faces.demo.actors "$2" --seed "$3" --phase "$phase" 2>/dev/null; do
  phase=0
  left "$1" "$3"
  while read -r _; do :; done
  [ "$4" = stays ] || exit 0
done
left "$1" "$3"
"""


def named_environment(folder: Path) -> dict[str, str]:
    """Put programs named as the CLIs into `folder`/bin and return the environment in which they run.

    The kernel names a process after the link that it was started by, not after the interpreter behind it.
    """
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    interpreter = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    for cli in LOOKS:
        link = programs / cli
        link.unlink(missing_ok=True)
        link.symlink_to(interpreter)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TMUX", "PYTHON", "UNDERSTUDY"))}
    return kept | {
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        "DEMO_UNDERSTUDY_DIR": str(folder),
    }


def actor_command(part: str, seed: int, *, stays: bool = True, phase_s: float = 0.0) -> list[str]:
    """Build the command of a pane in which an actor plays a part.

    It begins `phase_s` seconds into its part. Where the part leaves its shell and `stays` is false, the window closes
    in the end, as when a person gives it up.
    """
    return [
        "sh",
        "-c",
        _PANE_SCRIPT,
        "sh",
        PARTS[part].cli,
        part,
        str(seed),
        "stays" if stays else "closes",
        str(phase_s),
    ]
