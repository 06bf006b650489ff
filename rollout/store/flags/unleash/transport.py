"""HTTP calls to a server: an answer in JSON before the deadline, or a sentence that says why there is none.

The deadline is on the whole of a call. A library's timeouts are on single reads, and a server that drips a byte a
second, or a name that does not resolve, keeps them all.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rollout.store.flags.faults import quoted
from rollout.store.flags.port import FlagsUnreachable
from rollout.store.flags.unleash.daemon_future import daemon_future

if TYPE_CHECKING:
    from requests import Response

DEADLINE_S: Final = 2.0
_MOST_BYTES: Final = 8 << 20
_CHUNK: Final = 1 << 16
_OK = range(200, 300)
_NOT_MODIFIED: Final = 304
_MOVED = range(300, 400)
_NOT_LET_IN = frozenset({401, 403})


class NoAnswer(FlagsUnreachable):
    """A call may have been sent; its result is unknown."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """The answer of a server."""

    status: int
    body: Any = None
    """As JSON; None where it was empty."""
    text: str = ""
    tag: str = ""
    """The entity tag, to be given back with the next question."""

    @property
    def done(self) -> bool:
        """Return whether the server did what was asked."""
        return self.status in _OK

    @property
    def unchanged(self) -> bool:
        """Return whether nothing changed since the tag that came with the question."""
        return self.status == _NOT_MODIFIED

    @property
    def says(self) -> str:
        """The server's message, shortened."""
        message = self.body.get("message") if isinstance(self.body, Mapping) else None
        return (
            f"{self.status} {quoted(message.splitlines()[0][:2000])[:120]}"
            if isinstance(message, str) and message
            else str(self.status)
        )


@dataclass(frozen=True)
class UnleashTransport:
    """A server, and the token that it is asked with."""

    url: str
    """Without a slash at its end, and without `/api`."""
    token: str = field(repr=False)
    opens_with: str = "the token"
    """The name of the token in the settings."""
    deadline_s: float = DEADLINE_S

    @property
    def shown(self) -> str:
        """The address as it may be shown: without a password or a token in it."""
        return quoted(self.url)

    def request(
        self, method: str, path: str, body: Any = None, *, tag: str = "", deadline_s: float | None = None
    ) -> HttpReply:
        """Send one request, without a retry: a write that got no answer may have been done.

        Raises `NoAnswer` where none came before the deadline, in seconds; `FlagsUnreachable` where it is none of a
        flags server, or does not let this token in.
        """
        limit = self.deadline_s if deadline_s is None else deadline_s
        done = daemon_future(self._call(method, path, body, tag, limit))
        try:
            return done.result(limit)
        except TimeoutError as late:
            raise NoAnswer(f"{self.url} did not answer within {limit:g} s") from late

    def _call(self, method: str, path: str, body: Any, tag: str, limit: float) -> Callable[[], HttpReply]:
        headers = {"Authorization": self.token, "Accept": "application/json", "Connection": "close"}
        headers |= {"If-None-Match": tag} if tag else {}
        deadline = time.monotonic() + limit

        def call() -> HttpReply:
            import requests  # noqa: PLC0415 - 60 ms, which no verb pays that asks no server

            try:
                with requests.request(
                    method,
                    self.url + path,
                    json=body,
                    auth=lambda request: request,  # or the entry of a ~/.netrc would replace the token
                    headers=headers,
                    timeout=limit,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return self._read(response, _text(response, deadline))
            except requests.exceptions.InvalidURL as error:
                raise FlagsUnreachable(f"{self.url} is no address of a server: correct unleash_url") from error
            except (requests.exceptions.RequestException, OSError) as error:
                raise NoAnswer(f"{self.url} {_reason(error)}") from error

        return call

    def _read(self, response: "Response", text: str) -> HttpReply:
        status = int(response.status_code)
        if status in _NOT_LET_IN:
            raise FlagsUnreachable(f"{self.url} refuses {self.opens_with} ({status}): is it the right token?")
        if status in _MOVED and status != _NOT_MODIFIED:
            to = response.headers.get("Location", "somewhere else")
            raise FlagsUnreachable(f"{self.url} redirects to {to}: put the server's own address into unleash_url")
        try:
            body = json.loads(text) if text.strip() else None
        except (ValueError, RecursionError) as error:
            kind = response.headers.get("Content-Type", "").split(";")[0] or "something"
            raise FlagsUnreachable(
                f"{self.url} answers with {kind} instead of JSON ({status}): "
                "is unleash_url the server's own address, and does nothing in front of it ask for a login?"
            ) from error
        return HttpReply(status, body, text, response.headers.get("ETag", ""))


def _text(response: "Response", deadline: float) -> str:
    pieces, size = list[bytes](), 0
    for piece in response.iter_content(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            raise OSError(f"answers with more than {_MOST_BYTES >> 20} MB")
        if time.monotonic() > deadline:
            raise OSError("answers too slowly")
    return b"".join(pieces).decode("utf-8", errors="replace")


def _reason(error: Exception) -> str:
    """Shorten the error of a library to a few words."""
    text = str(error)
    for found, said in (
        ("Connection refused", "refuses connections"),
        ("Name or service not known", "has a host name that does not resolve"),
        ("Temporary failure in name resolution", "has a host name that cannot be resolved now"),
        ("CERTIFICATE_VERIFY_FAILED", "has a certificate that is not trusted"),
        ("timed out", "did not answer in time"),
        ("Connection aborted", "closed the connection"),
        ("Connection broken", "closed the connection in the middle of its answer"),
        ("Remote end closed", "closed the connection"),
    ):
        if found in text:
            return said
    return text if text.startswith("answers") else f"cannot be reached ({type(error).__name__})"
