"""The command line as a script meets it, in a folder and a home of its own.

Called in this process, by the very function that the installed program calls: an interpreter's start for each of some
hundred calls would be most of what the tests take. `real` starts the installed program itself.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from rollout.faces.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = Path(sys.executable).with_name("understudy")


@dataclass(frozen=True)
class Said:
    """The exit code and the output of a call."""

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

    def __call__(self, *args: str | Path, stdin: str | bytes = b"", env: Mapping[str, str] | None = None) -> Said:
        given = io.TextIOWrapper(io.BytesIO(_bytes(stdin)), encoding="utf-8")
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        around = patch.dict(os.environ, self.env | dict(env or {}), clear=True)  # what a verb sets there is gone, too
        with around, pytest.MonkeyPatch.context() as here:
            here.chdir(self.folder)
            here.setattr(sys, "argv", ["understudy", *map(str, args)])
            for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
                here.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as ended:
                main()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]  # BytesIO
        return _checked(Said(int(ended.value.code or 0), *texts))

    def real(
        self, *args: str | Path, stdin: str | bytes = b"", env: Mapping[str, str] | None = None, timeout: float = 30
    ) -> Said:
        done = subprocess.run(
            [PROGRAM, *args],
            input=_bytes(stdin),
            capture_output=True,
            cwd=self.folder,
            env=self.env | dict(env or {}),
            timeout=timeout,
            check=False,
        )
        return _checked(Said(done.returncode, done.stdout.decode(), done.stderr.decode()))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def state(self) -> Path:
        return self.folder / "home" / ".local" / "state" / "understudy"


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _checked(said: Said) -> Said:
    assert "Traceback" not in said.err, said.err
    return said


@pytest.fixture
def understudy(tmp_path: Path) -> Shell:
    home = tmp_path / "home"
    home.mkdir()
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TMUX_TMPDIR": str(tmp_path),  # the default server is never another user's here
    }
    return Shell(tmp_path, env)
