"""A real Unleash server on a real PostgreSQL, both a test run's own; and a way to make either of them misbehave."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from rollout.store.flags.unleash import Door, FlagsServer, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / ".cache" / "unleash"
ADMIN_TOKEN = "*:*.admin-of-a-test"  # noqa: S105 - of a server that lives for one test run, on the loopback
ENVIRONMENT = "production"
BACKEND_TOKEN = f"default:{ENVIRONMENT}.backend-of-a-test"
CANDIDATE = "monitor.candidate"
_PATIENCE_S = 40.0
_NOBODY = 65534


def postgres_bin() -> Path:
    """Where PostgreSQL's programs are: named, on PATH, as Debian puts them, or from the venv of their own."""
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


@dataclass
class Unleash:
    """The server, as a test may start, stop, hang and ask it."""

    postgres: Postgres
    folder: Path
    port: int
    _process: Process | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.folder / "unleash.log").open("ab") as log:
            popen = subprocess.Popen(
                ["node", SERVER / "node_modules" / "unleash-server" / "dist" / "server.js"],
                stdout=log,
                stderr=log,
                cwd=SERVER,
                start_new_session=True,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.folder),
                    "DATABASE_HOST": str(self.postgres.folder),
                    "DATABASE_USERNAME": "unleash",
                    "DATABASE_NAME": "postgres",
                    "DATABASE_PASSWORD": "",
                    "DATABASE_SSL": "false",
                    "HTTP_HOST": "127.0.0.1",
                    "HTTP_PORT": str(self.port),
                    "UNLEASH_URL": self.url,
                    "INIT_ADMIN_API_TOKENS": ADMIN_TOKEN,
                    "INIT_BACKEND_API_TOKENS": BACKEND_TOKEN,
                    "CHECK_VERSION": "false",
                    "SEND_TELEMETRY": "false",
                    "LOG_LEVEL": "warn",
                    "NODE_ENV": "production",
                    "TZ": "UTC",
                },
            )
        self._process = Process(popen)
        until(self.is_up, "the flags server")

    def is_up(self) -> bool:
        assert self._process is None or self._process.popen.poll() is None, (self.folder / "unleash.log").read_text()
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """End it as a crash would; nothing where it does not run."""
        process, self._process = self._process, None
        if process:
            process.end()

    @property
    def runs(self) -> bool:
        return self._process is not None

    def hang(self) -> None:
        assert self._process
        self._process.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self._process:
            self._process.signal(signal.SIGCONT)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the admin API, as an operator with a browser does; returns the body."""
        answer = requests.request(
            method, f"{self.url}/api/admin{path}", json=body, headers={"Authorization": ADMIN_TOKEN}, timeout=20
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.text else None

    def flag(self, name: str = CANDIDATE) -> dict[str, Any]:
        body: dict[str, Any] = self.admin("GET", f"{_path(name)}")
        return body

    def percent(self) -> int:
        """The candidate's share as the server's own store has it."""
        flag = self.flag()
        return int(flag["strategies"][0]["parameters"]["rollout"]) if flag["enabled"] else 0

    def patch(self, *operations: tuple[str, Any], name: str = CANDIDATE) -> None:
        """Write into a flag's strategy by hand: pairs of path and value."""
        strategy = self.flag(name)["strategies"][0]["id"]
        patch = [{"op": "add", "path": path, "value": value} for path, value in operations]
        self.admin("PATCH", f"{_path(name)}/strategies/{strategy}", patch)

    def knows(self, name: str) -> bool:
        """Whether there is such a flag."""
        return any(one["name"] == name for one in self.admin("GET", "/projects/default/features")["features"])

    def revive(self) -> None:
        """Running and answering, whatever a test did to it."""
        self.go_on()
        if self._process is None or self._process.popen.poll() is not None:
            self.kill()
            self.start()
        until(self.is_up, "the flags server")

    def reset(self) -> None:
        """The flag as `unleash init` leaves it, whatever a test did to the server."""
        self.revive()
        for strategy in self.flag()["strategies"][1:]:
            self.admin("DELETE", f"{_path(CANDIDATE)}/strategies/{strategy['id']}")
        self.patch(("/parameters/rollout", "0"), ("/title", "understudy, revision 0: 0 %"), ("/disabled", False))
        self.admin("POST", f"{_path(CANDIDATE)}/on")

    def source(self, copy: Path, *, url: str | None = None, **more: Any) -> FlagsServer:
        """The flags of this server, as a run has them."""
        place = Place(environment=ENVIRONMENT)
        address = url or self.url
        return FlagsServer(
            Door(address, BACKEND_TOKEN, "unleash_token"), Door(address, ADMIN_TOKEN, "x"), place, copy, **more
        )

    def environment(self, url: str | None = None) -> dict[str, str]:
        """What tells the command line of this server."""
        return {
            "UNDERSTUDY_UNLEASH_URL": url or self.url,
            "UNDERSTUDY_UNLEASH_ENVIRONMENT": ENVIRONMENT,
            "UNDERSTUDY_UNLEASH_TOKEN": BACKEND_TOKEN,
            "UNDERSTUDY_UNLEASH_ADMIN_TOKEN": ADMIN_TOKEN,
        }


def _copied(bin_folder: Path, to: Path) -> Path:
    """PostgreSQL out of a wheel where others can run it: its package, and the libraries that lie beside that."""
    install = bin_folder.parent
    package = install.parent
    shutil.copytree(install, to / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    return to / package.name / install.name / bin_folder.name


def world() -> Iterator[Unleash]:
    """Start both, and end both."""
    folder = Path(tempfile.mkdtemp(prefix="uf-", dir="/tmp"))  # short: a socket path ends at 107 bytes
    folder.chmod(0o711)
    (folder / "pg").mkdir(mode=0o755)
    postgres = Postgres(folder / "pg")
    server = Unleash(postgres, folder, _free_port())
    try:
        postgres.start()
        server.start()
        yield server
    finally:
        server.go_on()
        server.kill()
        postgres.end()
        shutil.rmtree(folder, ignore_errors=True)


def until(true: Any, what: str, seconds: float = _PATIENCE_S) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.05)


def as_lines(text: str) -> list[Any]:
    """What a verb printed, a JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]


def _path(name: str) -> str:
    return f"/projects/default/features/{name}/environments/{ENVIRONMENT}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _answers_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
