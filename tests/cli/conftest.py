"""The command line as a script meets it: the installed program, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = Path(sys.executable).with_name("understudy")


@dataclass(frozen=True)
class Said:
    """How a call ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Shell:
    """Calls `understudy` in a folder and a home of its own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *args: str | Path, stdin: str | bytes = b"", env: Mapping[str, str] | None = None, timeout: float = 30
    ) -> Said:
        done = subprocess.run(
            [PROGRAM, *args],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.env | dict(env or {}),
            timeout=timeout,
            check=False,
        )
        said = Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        assert "Traceback" not in said.err, said.err
        return said

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def state(self) -> Path:
        return self.folder / "home" / ".local" / "state" / "understudy"


@pytest.fixture
def understudy(tmp_path: Path) -> Shell:
    home = tmp_path / "home"
    home.mkdir()
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TMUX_TMPDIR": str(tmp_path),  # no server of anybody else's is ever the default one here
    }
    return Shell(tmp_path, env)
