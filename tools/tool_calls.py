"""Finds the tool of a CLI for a purpose, and arguments for it that its schema allows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as a CLI offers it."""

    name: str
    schema: Any
    kind: str = "function"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that is called."""

    name: str
    arguments: Any
    kind: str = "function"


_NAMES: Final = {
    "shell": r"(?i)^(?:bash|shell|exec_command|shell_command|run_shell_command|run_?commands?|execute_command|terminal|"
    r"exec|run_terminal_(?:cmd|command)|container\.exec)$",
    "edit": r"(?i)^(?:write|write_?file|create|create_file|write_to_file|apply_patch|edit|editor|fs_write|save-file)$",
    "question": r"(?i)^(?:ask_?user_?question|ask_user|question|ask|request_user_input|ask_followup_question|clarify)$",
}
_ALWAYS: Final = frozenset(
    {"command", "cmd", "options", "sandbox_permissions", "with_escalated_permissions", "justification"}
)
"""Properties that are given even where a schema does not ask for them."""
_PATCH: Final = "*** Begin Patch\n*** Add File: notes.txt\n+one line\n*** End Patch\n"
_ANSWERS: Final = frozenset({"label", "options", "choices", "id", "value", "answers"})
_COLOURS: Final = ("Red", "Blue", "Green", "Grey")


def call_for(what: str, tools: Sequence[Tool], *, command: str, folder: str) -> Call | None:
    """Ask for a shell command, a new file or a question; None where the CLI has no tool for that."""
    pattern = re.compile(_NAMES[what])
    tool = next((one for one in tools if pattern.match(one.name)), None)
    if tool is None:
        return None
    if tool.kind == "custom":
        return Call(tool.name, _PATCH, tool.kind)
    known = {
        **dict.fromkeys(("command", "cmd", "script", "commands"), command),
        **dict.fromkeys(
            ("path", "file_path", "filePath", "filename", "absolute_path", "target_file"), f"{folder}/notes.txt"
        ),
        **dict.fromkeys(("content", "contents", "file_text", "new_string", "text"), "one line\n"),
        **dict.fromkeys(("workdir", "cwd", "directory", "dir_path"), folder),
        **dict.fromkeys(("question", "prompt", "title"), "Which colour shall the door have?"),
        **dict.fromkeys(("timeout", "timeout_ms", "yield_time_ms"), 60_000),
        "input": _PATCH,
        "header": "Colour",
        "sandbox_permissions": "require_escalated",
        "justification": "The build writes outside the folder. May it?",
        "description": "what the door gets",
    }
    return Call(tool.name, filled(tool.schema or {}, known), tool.kind)


def filled(schema: Any, known: Any = None, name: str = "", index: int = 0) -> Any:
    """Make up a value that a JSON schema allows; `known` gives values by property name."""
    known = known or {}
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return filled(schema[choice][0], known, name, index)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match str(kind[0] if isinstance(kind, list) else kind).lower():
        case "object":
            properties = schema.get("properties") or {}
            wanted = {*(schema.get("required") or ()), *(key for key in properties if key in _ALWAYS)}
            value: Any = {key: filled(one, known, key, index) for key, one in properties.items() if key in wanted}
        case "array":
            value = _several(schema, known, name)
        case "integer" | "number":
            value = known.get(name, schema.get("minimum") or 1)
        case "boolean":
            value = name == "with_escalated_permissions"
        case _ if name in _ANSWERS:
            value = _COLOURS[index % len(_COLOURS)]
        case _:
            value = known.get(name) or (schema["enum"][0] if schema.get("enum") else name or "notes")
    return value


def _several(schema: Any, known: Any, name: str) -> list[Any]:
    if name in {"command", "cmd"}:
        return ["bash", "-lc", known.get(name, "")]
    many = max(int(schema.get("minItems") or 1), 3 if name in _ANSWERS else 1)
    return [filled(schema.get("items") or {}, known, name, at) for at in range(many)]
