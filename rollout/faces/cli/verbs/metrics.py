"""`understudy metrics`: figures and health of a rollout for other programs, until it is ended."""

import sys
from functools import partial
from http import HTTPStatus
from pathlib import Path

from prometheus_client import disable_created_metrics

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.server_selection import server_address, server_folder
from rollout.faces.metrics.answers import MetricsPages
from rollout.faces.metrics.server import MetricsServer
from rollout.store.settings import load
from understudy.clock import SystemClock

_MISSED = 6
"""So many cycles late, a run has stopped."""
_LEAST_S = 60.0


def metrics(host: str, port: int, socket_name: str | None, socket_path: Path | None, *, once: bool) -> Exit:
    """Serve `/metrics`, `/livez` and `/readyz`; with `once` print the metrics and end."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own
    stale_s = max(_LEAST_S, _MISSED * load().settings.interval_s)
    answers = MetricsPages(
        partial(open_server_data, socket_name, socket_path), _socket(socket_name, socket_path), SystemClock(), stale_s
    )
    if once:
        answer = answers.metrics()
        if answer.status is not HTTPStatus.OK:
            raise Stop(Exit.CONFIG, answer.body.decode().strip())
        sys.stdout.write(answer.body.decode())
        return Exit.OK
    try:
        server = MetricsServer(host, port, answers)
    except OSError as error:
        fault = f"{host}:{port} cannot be served on: {error.strerror}: name another with --host or --port"
        raise Stop(Exit.USAGE, fault) from error
    with server:
        note(f"serving {server.url}/metrics, /livez and /readyz; Ctrl-C ends it")
        server.serve_forever()
    return Exit.OK


def _socket(socket_name: str | None, socket_path: Path | None) -> Path:
    """The socket of the server that is spoken of, as the reading verbs find it."""
    try:
        return server_folder(socket_name, socket_path).socket_path
    except OSError:  # nothing has run there yet
        return server_address(socket_name, socket_path).socket_path
