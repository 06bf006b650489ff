"""`understudy metrics`: metrics and health checks of a rollout, served until interrupted."""

import sys
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import disable_created_metrics

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.verb import verb
from rollout.faces.metrics.answers import MetricsPages
from rollout.faces.metrics.server import MetricsServer
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load
from understudy.clock import SystemClock

_MISSED = 6
"""Number of missed cycles after which a run counts as stopped."""
_LEAST_S = 60.0


@verb("metrics", "metrics", "metrics --port 9464", "metrics --once", "curl -s localhost:9464/readyz?verbose")
def metrics(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="The port; 0 for any.")] = 9464,
    once: Annotated[bool, typer.Option("--once", help="Print the metrics and exit.")] = False,
    server: ServerSelection,
) -> Exit:
    """Serve /metrics, /livez and /readyz until interrupted."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own
    stale_s = max(_LEAST_S, _MISSED * load().settings.interval_s)
    answers = MetricsPages(partial(open_server_data, server), _socket(server), SystemClock(), stale_s)
    if once:
        answer = answers.metrics()
        if answer.status is not HTTPStatus.OK:
            raise Stop(Exit.CONFIG, answer.body.decode().strip())
        sys.stdout.write(answer.body.decode())
        return Exit.OK
    try:
        serving = MetricsServer(host, port, answers)
    except OSError as error:
        fault = f"{host}:{port} cannot be served on: {error.strerror}: name another with --host or --port"
        raise Stop(Exit.USAGE, fault) from error
    with serving:
        note(f"serving {serving.url}/metrics, /livez and /readyz; Ctrl-C ends it")
        serving.serve_forever()
    return Exit.OK


def _socket(server: ServerSelection) -> Path:
    """Return the socket of the selected server, as the reading verbs find it."""
    try:
        return server.folder.socket_path
    except OSError:  # nothing has run there yet
        return server.address.socket_path
