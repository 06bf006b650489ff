"""The machine: Python, the packages, tmux."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from rollout.faces.doctor.findings import DoctorFinding, broken, note, well
from tmuxio.server.control import NO_LEAK

_OLDEST_PYTHON = (3, 11)
_OLDEST_TMUX = (3, 2)
_PATIENCE_S = 5


def machine() -> Iterator[DoctorFinding]:
    """Check what is installed."""
    yield python(sys.version_info[:3])
    yield packages()
    yield tmux(tmux_version())


def python(found: tuple[int, ...]) -> DoctorFinding:
    """Check the interpreter's version."""
    text = ".".join(map(str, found))
    if found >= _OLDEST_PYTHON:
        return well("python", text)
    return broken("python", f"{text}, too old", "install Python 3.11 or newer, then `make setup`")


def packages() -> DoctorFinding:
    """Check that every package that the program asks for is there."""
    asked = requires("understudy") or []
    names = [match[0] for line in asked if (match := re.match(r"[A-Za-z0-9._-]+", line)) and "extra ==" not in line]
    missing = [name for name in names if not _installed(name)]
    if missing:
        return broken("packages", f"missing: {', '.join(missing)}", "run `make setup`")
    return well("packages", f"all {len(names)} there")


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def tmux_version() -> str | None:
    """Return the answer of `tmux -V`; None where there is no tmux."""
    if (program := shutil.which("tmux")) is None:
        return None
    done = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    return done.stdout.strip()


def tmux(answer: str | None) -> DoctorFinding:
    """Check tmux's version as it says it: `tmux 3.3a`, `tmux next-3.6`, `tmux master`, `tmux openbsd-7.4`."""
    if answer is None:
        return broken("tmux", "not on PATH", "install tmux 3.2 or newer (`make demo` does it where it may)")
    match = re.search(r"(?:tmux|next-|tmux )\s*(\d+)\.(\d+)", answer)
    if match is None or "openbsd" in answer:
        return note("tmux", f"{answer}: a version without a number; assumed to be new enough")
    number = (int(match[1]), int(match[2]))
    if number < _OLDEST_TMUX:
        return broken("tmux", f"{answer}, too old", "install tmux 3.2 or newer")
    if number < NO_LEAK:
        return well("tmux", f"{answer} (leaks what a control client captures; screens are read another way here)")
    return well("tmux", answer)
