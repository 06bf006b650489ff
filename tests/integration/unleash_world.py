"""A real Unleash server on a real PostgreSQL, both a test run's own; and a way to make either of them misbehave."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from postgres_cluster import ROOT, Postgres, Process, until

from rollout.store.flags.unleash import FlagPlace, FlagsServer, UnleashTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = ROOT / ".cache" / "unleash"
ADMIN_TOKEN = "*:*.admin-of-a-test"  # noqa: S105 - of a server that lives for one test run, on the loopback
ENVIRONMENT = "production"
BACKEND_TOKEN = f"default:{ENVIRONMENT}.backend-of-a-test"
CANDIDATE = "monitor.candidate"


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
        """Return whether there is such a flag."""
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
        place = FlagPlace(environment=ENVIRONMENT)
        address = url or self.url
        return FlagsServer(
            UnleashTransport(address, BACKEND_TOKEN, "unleash_token"),
            UnleashTransport(address, ADMIN_TOKEN, "x"),
            place,
            copy,
            **more,
        )

    def environment(self, url: str | None = None) -> dict[str, str]:
        """The options that name this server."""
        return {
            "UNDERSTUDY_UNLEASH_URL": url or self.url,
            "UNDERSTUDY_UNLEASH_ENVIRONMENT": ENVIRONMENT,
            "UNDERSTUDY_UNLEASH_TOKEN": BACKEND_TOKEN,
            "UNDERSTUDY_UNLEASH_ADMIN_TOKEN": ADMIN_TOKEN,
        }


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


def as_lines(text: str) -> list[Any]:
    """The output of a verb, a JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]


def _path(name: str) -> str:
    return f"/projects/default/features/{name}/environments/{ENVIRONMENT}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
