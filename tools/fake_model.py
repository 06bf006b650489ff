"""A model server on loopback that plays scenes, for recording the screens of agent CLIs.

It speaks the four dialects that agent CLIs speak (OpenAI chat and responses, Anthropic messages, Gemini). A word
in a person's last request names its scene, so a driver that types `please ponder` knows that the turn hangs.
"""

import json
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from dialects import DIALECTS, Asked, Dialect
from tool_calls import call_for

SCENES: Final = (
    "hello",
    "story",
    "ponder",
    "build",
    "notes",
    "colour",
    "explain",
    "broken",
    "refused",
    "limited",
    "cut",
)
"""The words that name a scene; `TEXTS` and `FAILURES` hold their content."""

_STORY: Final = "The keeper climbed the stairs and lit the lamp, and the sea answered with a long low sound. " * 40
TEXTS: Final = {
    "hello": "Hello! What shall we do next?",
    "story": _STORY,
    "cut": _STORY,
    "explain": (
        "Three lines of that log deserve a word.\n\n"
        '- "Rate limit reached, retrying in 20s" is printed by the client, long before the job gives up.\n'
        '- "Killed" means that the kernel ended the worker; "Error: 500" came from the proxy.\n'
        '- "esc to interrupt" and "Do you want to proceed? (y/n)" belong to the menu that is quoted there.\n\n'
        "Nothing of that concerns us: the job ran to its end."
    ),
}
FAILURES: Final = {
    "broken": (500, "The server had an error while processing your request"),
    "refused": (401, "Incorrect API key provided"),
    "limited": (429, "Rate limit reached for requests"),
}
_CALLS: Final = {"build": "shell", "notes": "edit", "colour": "question"}
_WORDS_A_SECOND: Final = 6.0
_LONGEST_S: Final = 90.0


@dataclass(slots=True)
class Stage:
    """The requests that the server got so far; read by the driver from its own thread."""

    command: str
    """The command of the shell scene."""
    folder: str
    needs_tools: bool = True
    """Requests without tools are the CLI's own, such as naming the conversation."""
    running: int = 0
    """Turns being answered now."""
    own_requests: int = 0
    """Requests of the CLI's own, and turns that name no scene."""
    asked: int = 0
    called: int = 0
    answered_calls: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


class FakeModel:
    """The server, running in a thread of its own until `close`."""

    def __init__(self, stage: Stage) -> None:
        handler = type("Handler", (_Handler,), {"stage": stage})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.stage = stage
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End it, and every answer that is under way."""
        self.stage.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    stage: Stage
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Write no log."""

    def do_GET(self) -> None:
        models = [{"id": "fake", "object": "model", "name": "fake", "owned_by": "nobody", "context_length": 200_000}]
        self._json(200, {"object": "list", "data": models, "models": models})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        dialect = next((one for one in (make() for make in DIALECTS) if one.speaks(self.path)), None)
        if dialect is None or "count" in self.path.lower():
            self._json(200, {"input_tokens": 10, "totalTokens": 10})
            return
        asked = dialect.read(self.path, body)
        scene = _scene(asked, needs_tools=self.stage.needs_tools)
        if scene is None:
            self._own_request(dialect, asked)
            return
        self.stage.asked += 1
        self.stage.running += 1
        try:
            self._play(dialect, asked, scene)
        except OSError:
            pass  # the CLI hung up: an interrupted turn
        finally:
            self.stage.running -= 1

    def _own_request(self, dialect: Dialect, asked: Asked) -> None:
        self.stage.own_requests += 1
        text = json.dumps(asked.wanted) if asked.wanted is not None else "A short talk"
        if asked.stream:
            self._stream(dialect, [*dialect.text(text), *dialect.end()])
        else:
            self._json(200, dialect.whole(text))

    def _play(self, dialect: Dialect, asked: Asked, scene: str) -> None:
        if asked.has_result:
            self.stage.answered_calls += 1
            self._stream(dialect, [*dialect.text("Done, as you asked."), *dialect.end()])
        elif scene in FAILURES:
            status, message = FAILURES[scene]
            self._json(status, dialect.failure(status, message))
        elif scene in _CALLS:
            call = call_for(_CALLS[scene], asked.tools, command=self.stage.command, folder=self.stage.folder)
            self.stage.called += call is not None
            number = self.stage.called
            pieces = dialect.text("I have no tool for that.") if call is None else dialect.call(call, f"call_{number}")
            self._stream(dialect, [*dialect.text("Let me see to it."), *pieces, *dialect.end(called=call is not None)])
        elif scene == "ponder":
            self._stream(dialect, self._wait())
        else:
            self._stream(dialect, self._say(dialect, scene))

    def _wait(self) -> Iterator[str]:
        until = time.monotonic() + _LONGEST_S
        while time.monotonic() < until and not self.stage.closing.wait(0.1):
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError  # the CLI hung up
        yield from ()

    def _say(self, dialect: Dialect, scene: str) -> Iterator[str]:
        text = TEXTS[scene]
        if text is not _STORY:
            yield from dialect.text(text)
        else:
            until = time.monotonic() + (4.0 if scene == "cut" else _LONGEST_S)
            for word in text.split(" "):
                yield from dialect.text(word + " ")
                if self.stage.closing.wait(1 / _WORDS_A_SECOND) or time.monotonic() > until:
                    break
        if scene == "cut":
            self.close_connection = True
            return
        yield from dialect.end()

    def _stream(self, dialect: Dialect, pieces: Iterable[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for piece in dialect.begin():
            self.wfile.write(piece.encode())
        self.wfile.flush()
        for piece in pieces:
            self.wfile.write(piece.encode())
            self.wfile.flush()

    def _json(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _scene(asked: Asked, *, needs_tools: bool) -> str | None:
    """Return the scene named last in the request; None where this is no turn of the conversation."""
    if needs_tools and not asked.tools:
        return None
    places = {scene: asked.text.rfind(f"please {scene}") for scene in SCENES}
    scene = max(places, key=lambda name: places[name])
    return scene if places[scene] >= 0 else None
