"""A PostgreSQL cluster of a test run's own, on a Unix socket: the machine's, or one out of a wheel."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 40.0
_NOBODY = 65534


def until(true: Any, what: str, seconds: float = _PATIENCE_S) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.05)


@dataclass
class Process:
    """A program in a process group of its own."""

    popen: subprocess.Popen[bytes]

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)

    def end(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.popen.wait(_PATIENCE_S)


def postgres_bin() -> Path:
    """The folder of PostgreSQL's programs: named, on PATH, as Debian puts them, or from the venv of their own."""
    if named := os.environ.get("UNDERSTUDY_POSTGRES_BIN"):
        return Path(named)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    places = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *(ROOT / ".cache" / "postgres").glob("lib/*/*/*/pginstall*/bin"),
    ]
    with_initdb = sorted(place for place in places if (place / "initdb").exists())
    assert with_initdb, "scripts/prepare-unleash makes one of these"
    return with_initdb[-1]


class Postgres:
    """One database cluster on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = postgres_bin()
        self._as_root = os.geteuid() == 0  # PostgreSQL refuses to run so
        if self._as_root:
            os.chown(folder, _NOBODY, -1)
            if not self._open_to_all(self._bin):
                self._bin = _copied(self._bin, folder / "site")
        self._process: Process | None = None
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "unleash", "--auth=trust", "-E", "UTF8", "--no-locale", "-N"
        )

    def start(self) -> None:
        options = ("-c", "listen_addresses=", "-k", str(self.folder), "-c", "fsync=off")
        self._process = Process(self._popen("postgres", "-D", str(self.folder / "data"), *options))
        until(
            lambda: (self.folder / ".s.PGSQL.5432").exists() and _answers_on(self.folder / ".s.PGSQL.5432"),
            "PostgreSQL",
        )

    def stop(self) -> None:
        """End it as a crash would."""
        assert self._process
        self._process.end()
        for left in ("data/postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.folder / left).unlink(missing_ok=True)
        self._process = None

    def end(self) -> None:
        if self._process:
            self.stop()

    def _run(self, program: str, *args: str) -> None:
        done = self._popen(program, *args, stdout=subprocess.PIPE)
        said, _ = done.communicate(timeout=_PATIENCE_S)
        assert done.returncode == 0, said.decode(errors="replace")

    def _popen(self, program: str, *args: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
        log = (self.folder / "postgres.log").open("ab") if stdout is None else None
        user = {"user": _NOBODY, "group": self.folder.stat().st_gid, "extra_groups": []} if self._as_root else {}
        try:
            return subprocess.Popen(
                [self._bin / program, *args],
                stdout=stdout if log is None else log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                start_new_session=True,
                **user,  # type: ignore[call-overload]  # its overloads know no dictionary
            )
        finally:
            if log:
                log.close()

    @staticmethod
    def _open_to_all(path: Path) -> bool:
        return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _copied(bin_folder: Path, to: Path) -> Path:
    """PostgreSQL out of a wheel where others can run it: its package, and the libraries that lie beside that."""
    install = bin_folder.parent
    package = install.parent
    shutil.copytree(install, to / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    return to / package.name / install.name / bin_folder.name


def _answers_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
