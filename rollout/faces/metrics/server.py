"""The three answers over HTTP, and nothing else: no pages, no secrets, reading only."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rollout.faces.metrics.answers import Answer, MetricsPages

_PATIENCE_S = 10.0
_NO_SUCH_PAGE = Answer(
    HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"there is /metrics, /livez and /readyz (?verbose)\n"
)


class MetricsServer(ThreadingHTTPServer):
    """Serves until it is shut down; port 0 takes any that is free."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, answers: MetricsPages) -> None:
        """Raises `OSError` where the address cannot be had."""
        self.answers = answers
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Where it can be reached."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    server_version = "understudy"
    sys_version = ""
    timeout = _PATIENCE_S

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without one."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Say nothing: a scrape every few seconds is no news."""

    def _answer(self, *, with_body: bool) -> None:
        asked = urlsplit(self.path)
        verbose = "verbose" in parse_qs(asked.query, keep_blank_values=True)
        accept = self.headers.get("Accept", "")
        answer = self.server.answers.to(asked.path, accept=accept, verbose=verbose) or _NO_SUCH_PAGE
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)
