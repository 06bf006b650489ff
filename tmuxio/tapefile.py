"""Tapes on disk: gzipped JSON Lines; a head, every screen once, then the frames that name them.

    {"schema": 1, "tape": ID, "screens": N, "frames": N, "memories": {...}, "meta": {...}}
    {"screen": HASH, "ansi": "..."}                                     N times
    {"at": INSTANT, "panes": [...]}                                     N times

The head says how many lines follow, so that a file which was cut short is never taken for a short tape.
"""

import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from contract.record import SCHEMA_VERSION
from contract.screens import Tape
from contract.tapes import PackedFrame, PackedTape, TornTape, pack, unpack


@dataclass(frozen=True, slots=True)
class KeptTape:
    """A tape with what is needed to watch it again."""

    tape: Tape
    memories: dict[str, JsonValue]
    """What each monitor remembered just before it watched, by whatever name the writer chose."""
    meta: dict[str, JsonValue]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Head(_Line):
    schema_version: Literal[1] = Field(alias="schema")
    tape: str
    screens: int = Field(ge=0)
    frames: int = Field(ge=0)
    memories: dict[str, JsonValue]
    meta: dict[str, JsonValue]


class _Screen(_Line):
    screen: str
    ansi: str


T = TypeVar("T")

_HEAD, _SCREEN, _FRAME = TypeAdapter(_Head), TypeAdapter(_Screen), TypeAdapter(PackedFrame)


def write_tape(
    path: Path,
    tape: Tape,
    memories: Mapping[str, JsonValue] | None = None,
    meta: Mapping[str, JsonValue] | None = None,
) -> None:
    """Write a tape whole or not at all, readable by its owner alone; an older file of that name is replaced."""
    packed = pack(tape)
    lines: list[Any] = [
        {
            "schema": SCHEMA_VERSION,
            "tape": packed.id,
            "screens": len(packed.screens),
            "frames": len(packed.frames),
            "memories": dict(memories or {}),
            "meta": dict(meta or {}),
        },
        *({"screen": name, "ansi": ansi} for name, ansi in packed.screens.items()),
        *(frame.model_dump(mode="json") for frame in packed.frames),
    ]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp lets in nobody else
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(
                gzip.compress(text.encode(), compresslevel=6, mtime=0)
            )  # no date: the same tape is the same file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read_tape(path: Path) -> KeptTape:
    """Read a tape back.

    Raises `TornTape` naming file and line where it is cut short or is no tape, OSError where it cannot be opened.
    """
    lines = _lines(path)
    head = next(lines, None)
    if head is None:
        raise TornTape(f"{path}, line 1: the file is empty")
    start = _parse(path, 1, _HEAD, head)
    screens: dict[str, str] = {}
    frames: list[PackedFrame] = []
    last = 1 + start.screens + start.frames
    for number in range(2, last + 1):
        line = next(lines, None)
        if line is None:
            raise TornTape(f"{path}, line {number}: the tape ends here, {last} lines were written")
        if number <= 1 + start.screens:
            screen = _parse(path, number, _SCREEN, line)
            screens[screen.screen] = screen.ansi
        else:
            frames.append(_parse(path, number, _FRAME, line))
    if next(lines, None) is not None:
        raise TornTape(f"{path}, line {last + 1}: the tape should have ended with the line before")
    try:
        tape = unpack(PackedTape(id=start.tape, frames=tuple(frames), screens=screens))
    except TornTape as torn:
        raise TornTape(f"{path}: {torn}") from None
    return KeptTape(tape, start.memories, start.meta)


def _lines(path: Path) -> Iterator[bytes]:
    number = 0
    with path.open("rb") as raw, gzip.open(raw) as file:
        while True:
            number += 1
            try:
                line = file.readline()
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise TornTape(f"{path}, line {number}: the file is cut short or damaged ({error})") from None
            if not line:
                return
            yield line


def _parse(path: Path, number: int, kind: TypeAdapter[T], line: bytes) -> T:
    try:
        return kind.validate_python(json.loads(line))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise TornTape(f"{path}, line {number}: {place}: {fault['msg']}") from None
    except ValueError as error:
        raise TornTape(f"{path}, line {number}: no JSON ({error})") from None
