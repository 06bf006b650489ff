"""The four dialects in which agent CLIs ask a model, each read and written by one class."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import uuid4

from tool_calls import Call, Tool, filled


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, whatever its dialect."""

    text: str
    """The last text of a person."""
    tools: Sequence[Tool]
    has_result: bool
    """A tool answered after that."""
    stream: bool
    wanted: Any = None
    """An instance of the JSON that the answer must be; None where it is plain text."""


class Dialect(Protocol):
    """The protocol of one family of CLIs. Its methods yield pieces of an event stream."""

    def speaks(self, path: str) -> bool:
        """Return whether a request to this path is in this dialect."""

    def read(self, path: str, body: Any) -> Asked:
        """Parse a request."""

    def begin(self) -> Iterator[str]:
        """Open an answer."""

    def text(self, text: str) -> Iterator[str]:
        """Yield a text."""

    def call(self, call: Call, key: str) -> Iterator[str]:
        """Ask for a tool; `key` is the reference that its answer will carry."""

    def end(self, *, called: bool = False) -> Iterator[str]:
        """Close the answer."""

    def whole(self, text: str) -> Any:
        """An answer in one piece."""

    def failure(self, status: int, message: str) -> Any:
        """A refusal."""


def _event(body: Any, name: str | None = None) -> str:
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(body)}\n\n"


def _flat(content: Any) -> str:
    """The text in a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text") or "" for part in content or () if isinstance(part, dict))


def _openai_tools(tools: Any) -> list[Tool]:
    found = []
    for tool in tools or ():
        inner = tool.get("function") or tool
        found.append(
            Tool(inner.get("name") or tool["type"], inner.get("parameters"), kind=tool.get("type", "function"))
        )
    return found


class Chat:
    """OpenAI's chat completions."""

    def speaks(self, path: str) -> bool:
        return "/chat/completions" in path

    def read(self, path: str, body: Any) -> Asked:
        del path
        messages = body.get("messages", [])
        last = max((at for at, one in enumerate(messages) if one["role"] == "user"), default=-1)
        text = _flat(messages[last]["content"]) if last >= 0 else ""
        has_result = any(one["role"] == "tool" for one in messages[last + 1 :])
        schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        tools = _openai_tools(body.get("tools"))
        return Asked(text, tools, has_result, bool(body.get("stream")), None if schema is None else filled(schema))

    def _chunk(self, delta: Any, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event(
            {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
        )

    def begin(self) -> Iterator[str]:
        yield self._chunk({"role": "assistant", "content": ""})

    def text(self, text: str) -> Iterator[str]:
        yield self._chunk({"content": text})

    def call(self, call: Call, key: str) -> Iterator[str]:
        function = {"name": call.name, "arguments": json.dumps(call.arguments)}
        yield self._chunk({"tool_calls": [{"index": 0, "id": key, "type": "function", "function": function}]})

    def end(self, *, called: bool = False) -> Iterator[str]:
        yield self._chunk({}, "tool_calls" if called else "stop")
        yield "data: [DONE]\n\n"

    def whole(self, text: str) -> Any:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "fake",
            "choices": [choice],
            "usage": usage,
        }

    def failure(self, status: int, message: str) -> Any:
        return {"error": {"message": message, "type": "server_error", "code": str(status)}}


class Responses:
    """OpenAI's responses."""

    def __init__(self) -> None:
        self._sent = ""

    def speaks(self, path: str) -> bool:
        return path.split("?", 1)[0].endswith("/responses")

    def read(self, path: str, body: Any) -> Asked:
        del path
        items = body.get("input", [])
        if isinstance(items, str):
            items = [{"type": "message", "role": "user", "content": items}]
        last = max((at for at, one in enumerate(items) if one.get("role") == "user"), default=-1)
        text = _flat(items[last]["content"]) if last >= 0 else ""
        has_result = any("output" in (one.get("type") or "") for one in items[last + 1 :])
        return Asked(text, _openai_tools(body.get("tools")), has_result, bool(body.get("stream")))

    def begin(self) -> Iterator[str]:
        yield _event(
            {"type": "response.created", "response": {"id": f"resp_{uuid4().hex}", "status": "in_progress"}},
            "response.created",
        )
        item = {"type": "message", "id": "m1", "role": "assistant", "status": "in_progress", "content": []}
        yield _event(
            {"type": "response.output_item.added", "output_index": 0, "item": item}, "response.output_item.added"
        )

    def text(self, text: str) -> Iterator[str]:
        self._sent += text
        name = "response.output_text.delta"
        yield _event({"type": name, "item_id": "m1", "output_index": 0, "content_index": 0, "delta": text}, name)

    def call(self, call: Call, key: str) -> Iterator[str]:
        if call.kind == "custom":
            item: dict[str, Any] = {"type": "custom_tool_call", "name": call.name, "input": call.arguments}
        else:
            item = {"type": "function_call", "name": call.name, "arguments": json.dumps(call.arguments)}
        item |= {"id": f"f_{key}", "call_id": key, "status": "completed"}
        name = "response.output_item.done"
        yield _event({"type": name, "output_index": 1, "item": item}, name)

    def end(self, *, called: bool = False) -> Iterator[str]:
        part = {"type": "output_text", "text": self._sent, "annotations": []}
        item = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]}
        name = "response.output_item.done"
        if not called:
            yield _event({"type": name, "output_index": 0, "item": item}, name)
        yield _event({"type": "response.completed", "response": self.whole("")}, "response.completed")

    def whole(self, text: str) -> Any:
        part = {"type": "output_text", "text": text, "annotations": []}
        output = [{"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]}]
        usage = {
            "input_tokens": 1,
            "output_tokens": 1,
            "total_tokens": 2,
            "output_tokens_details": {"reasoning_tokens": 0},
        }
        usage["input_tokens_details"] = {"cached_tokens": 0}
        done = {
            "id": f"resp_{uuid4().hex}",
            "object": "response",
            "created_at": 1,
            "status": "completed",
            "model": "fake",
            "usage": usage,
        }
        return done | {"output": output if text else []}

    def failure(self, status: int, message: str) -> Any:
        return {"error": {"message": message, "type": "server_error", "code": str(status)}}


class Messages:
    """Anthropic's messages."""

    def __init__(self) -> None:
        self._speaking = False

    def speaks(self, path: str) -> bool:
        return "/messages" in path

    def read(self, path: str, body: Any) -> Asked:
        del path
        text, has_result = "", False
        for message in body.get("messages", []):
            if message["role"] != "user":
                continue
            content = message["content"]
            if latest := _flat(content).rpartition("</system-reminder>")[2].strip():
                text, has_result = latest, False
            elif not isinstance(content, str) and any(part.get("type") == "tool_result" for part in content):
                has_result = True
        tools = [Tool(tool["name"], tool.get("input_schema")) for tool in body.get("tools") or ()]
        schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
        return Asked(text, tools, has_result, bool(body.get("stream")), None if schema is None else filled(schema))

    def begin(self) -> Iterator[str]:
        message = self.whole("") | {"content": [], "stop_reason": None}
        yield _event({"type": "message_start", "message": message}, "message_start")

    def _start(self, index: int, block: Any) -> str:
        return _event({"type": "content_block_start", "index": index, "content_block": block}, "content_block_start")

    def _delta(self, index: int, delta: Any) -> str:
        return _event({"type": "content_block_delta", "index": index, "delta": delta}, "content_block_delta")

    def text(self, text: str) -> Iterator[str]:
        if not self._speaking:
            self._speaking = True
            yield self._start(0, {"type": "text", "text": ""})
        yield self._delta(0, {"type": "text_delta", "text": text})

    def call(self, call: Call, key: str) -> Iterator[str]:
        yield _event({"type": "content_block_stop", "index": 0}, "content_block_stop")
        yield self._start(1, {"type": "tool_use", "id": key, "name": call.name, "input": {}})
        yield self._delta(1, {"type": "input_json_delta", "partial_json": json.dumps(call.arguments)})
        yield _event({"type": "content_block_stop", "index": 1}, "content_block_stop")

    def end(self, *, called: bool = False) -> Iterator[str]:
        if not called:
            yield _event({"type": "content_block_stop", "index": 0}, "content_block_stop")
        delta = {"stop_reason": "tool_use" if called else "end_turn", "stop_sequence": None}
        yield _event({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 9}}, "message_delta")
        yield _event({"type": "message_stop"}, "message_stop")

    def whole(self, text: str) -> Any:
        usage = {"input_tokens": 9, "output_tokens": 9}
        head = {
            "id": f"msg_{uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": "fake",
            "stop_sequence": None,
        }
        return head | {"content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "usage": usage}

    def failure(self, status: int, message: str) -> Any:
        kinds = {401: "authentication_error", 429: "rate_limit_error"}
        return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}


class Gemini:
    """Google's generateContent."""

    def speaks(self, path: str) -> bool:
        return "enerateContent" in path

    def read(self, path: str, body: Any) -> Asked:
        text, has_result = "", False
        for content in body.get("contents", []):
            parts = content.get("parts", [])
            if content.get("role") != "user":
                continue
            if any("functionResponse" in part for part in parts):
                has_result = True
            elif latest := _flat(parts):
                text, has_result = latest, False
        declared = [one for tool in body.get("tools") or () for one in tool.get("functionDeclarations") or ()]
        tools = [Tool(one["name"], one.get("parametersJsonSchema") or one.get("parameters")) for one in declared]
        config = body.get("generationConfig") or {}
        schema = config.get("responseJsonSchema") or config.get("responseSchema")
        return Asked(text, tools, has_result, "stream" in path, None if schema is None else filled(schema))

    def _part(self, part: Any, finish: str | None = None) -> Any:
        candidate = {"index": 0, "content": {"role": "model", "parts": [part]}}
        candidate |= {"finishReason": finish} if finish else {}
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "fake"}

    def begin(self) -> Iterator[str]:
        yield from ()

    def text(self, text: str) -> Iterator[str]:
        yield _event(self._part({"text": text}))

    def call(self, call: Call, key: str) -> Iterator[str]:
        yield _event(self._part({"functionCall": {"id": key, "name": call.name, "args": call.arguments}}))

    def end(self, *, called: bool = False) -> Iterator[str]:
        del called
        yield _event(self._part({"text": ""}, "STOP"))

    def whole(self, text: str) -> Any:
        return self._part({"text": text}, "STOP")

    def failure(self, status: int, message: str) -> Any:
        names = {401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}
        return {"error": {"code": status, "message": message, "status": names.get(status, "INTERNAL")}}


DIALECTS: Final[Sequence[Callable[[], Dialect]]] = (Chat, Responses, Messages, Gemini)
"""Each makes the dialect of one request: an answer keeps the text that it sent."""
