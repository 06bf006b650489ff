"""Tapes on disk: gzipped JSON Lines; a head, every screen once, then the frames that name them.

    {"schema": 1, "tape": ID, "screens": N, "frames": N, "memories": {...}, "meta": {...}}
    {"screen": HASH, "ansi": "..."}                                     N times
    {"at": INSTANT, "panes": [...]}                                     N times

The head says how many lines follow, so that a file which was cut short is never taken for a short tape. A tape in a
tape store shares its screens and memories with the others there: it carries none, its head has `"store": FILE`, and
`memories` names each by the hash of its JSON text.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from tmuxio.atomic_file import replace_file
from tmuxio.tapes.screen_store import ScreenStore, texts_of
from understudy.record import SCHEMA_VERSION
from understudy.screens import Tape
from understudy.tapes import PackedFrame, PackedTape, TornTape, pack, screen_hash, unpack


@dataclass(frozen=True, slots=True)
class StoredTape:
    """A tape with everything that is needed to replay it."""

    tape: Tape
    memories: dict[str, JsonValue]
    """The memory of each monitor just before it read the tape, by a name that the writer chose."""
    meta: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class StoredPackedTape:
    """The same with its screens still packed, as it is sent to a monitor."""

    tape: PackedTape
    memories: dict[str, JsonValue]
    meta: dict[str, JsonValue]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Head(_Line):
    schema_version: Literal[1] = Field(alias="schema")
    tape: str
    screens: int = Field(ge=0)
    frames: int = Field(ge=0)
    store: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.sqlite$")
    memories: dict[str, JsonValue]
    meta: dict[str, JsonValue]


class _Screen(_Line):
    screen: str
    ansi: str


T = TypeVar("T")

_LONGEST: Final = 64 << 20
"""Bytes of one line, unpacked; a longer one is no tape, but a compression bomb."""
_MOST_LINES: Final = 100_000
_MAYBE_HALVES: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair, as JSON writes it; most often its other half follows."""

_HEAD, _SCREEN, _FRAME = TypeAdapter(_Head), TypeAdapter(_Screen), TypeAdapter(PackedFrame)


def write_tape(
    path: Path,
    tape: Tape,
    memories: Mapping[str, JsonValue] | None = None,
    meta: Mapping[str, JsonValue] | None = None,
    store: ScreenStore | None = None,
) -> None:
    """Write a tape whole or not at all, readable by its owner alone; an older file of that name is replaced.

    With a `store`, which must lie in the same folder, screens and memories go there, under the tape's file name.
    """
    packed, kept = pack(tape), dict(memories or {})
    if store is not None:
        texts = {part: json.dumps(memory, separators=(",", ":")) for part, memory in kept.items()}
        kept = {part: screen_hash(text) for part, text in texts.items()}
        store.add(path.name, packed.screens | {screen_hash(text): text for text in texts.values()})
        packed = packed.model_copy(update={"screens": {}})
    head: dict[str, Any] = {
        "schema": SCHEMA_VERSION,
        "tape": packed.id,
        "screens": len(packed.screens),
        "frames": len(packed.frames),
        "memories": kept,
        "meta": dict(meta or {}),
    }
    lines = [
        head if store is None else {**head, "store": store.path.name},
        *({"screen": name, "ansi": ansi} for name, ansi in packed.screens.items()),
        *(frame.model_dump(mode="json", exclude_defaults=True) for frame in packed.frames),
    ]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    replace_file(path, gzip.compress(text.encode(), compresslevel=6, mtime=0))  # no date: the same tape, the same file


def read_tape(path: Path) -> StoredTape:
    """Read a tape back.

    Raises `TornTape` naming file and line where it is cut short or is no tape, OSError where it cannot be opened.
    """
    kept = read_packed(path)
    try:
        return StoredTape(unpack(kept.tape), kept.memories, kept.meta)
    except TornTape as torn:
        raise TornTape(f"{path}: {torn}") from None


def read_packed(path: Path) -> StoredPackedTape:
    """Read a tape back, each screen still once; raises as `read_tape` does, but for screens that are missing."""
    lines = _lines(path)
    head = next(lines, None)
    if head is None:
        raise TornTape(f"{path}, line 1: the file is empty")
    start = _head(path, head)
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
        memories = start.memories if start.store is None else _from_store(path, start, frames, screens)
    except TornTape as torn:
        raise TornTape(f"{path}: {torn}") from None
    if not frames:
        raise TornTape(f"{path}, line 1: a tape without a frame shows nothing")
    return StoredPackedTape(PackedTape(id=start.tape, frames=tuple(frames), screens=screens), memories, start.meta)


def _from_store(path: Path, head: _Head, frames: list[PackedFrame], screens: dict[str, str]) -> dict[str, JsonValue]:
    """Fetch the parts that a tape store keeps for all its tapes: the screens into `screens`, and the memories."""
    assert head.store is not None  # asked for only then
    wanted = {shot.screen for frame in frames for shot in frame.panes}
    named = {part: name for part, name in head.memories.items() if isinstance(name, str)}
    texts = texts_of(path.parent / head.store, {*wanted, *named.values()})
    screens |= {name: texts[name] for name in wanted & texts.keys()}
    memories: dict[str, JsonValue] = {}
    for part, name in named.items():
        text = texts.get(name)
        if text is None or screen_hash(text) != name:
            raise TornTape(
                f"the memory of {part} is missing in {head.store}, or its content does not match its name, a hash"
            )
        memories[part] = json.loads(text)
    return memories


def _lines(path: Path) -> Iterator[bytes]:
    number = 0
    with path.open("rb") as raw, gzip.open(raw) as file:
        while True:
            number += 1
            try:
                line = file.readline(_LONGEST)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise TornTape(f"{path}, line {number}: the file is cut short or damaged ({error})") from None
            if not line:
                return
            if len(line) >= _LONGEST or number > _MOST_LINES:
                raise TornTape(f"{path}, line {number}: far larger than any tape; it is not read on")
            yield line


def _head(path: Path, line: bytes) -> _Head:
    try:
        schema = json.loads(line).get("schema")
    except (ValueError, AttributeError, RecursionError):
        schema = SCHEMA_VERSION  # no JSON object at all: reported below
    if schema != SCHEMA_VERSION:
        raise TornTape(
            f"{path}, line 1: a tape of schema {json.dumps(schema)[:40]}, this build reads {SCHEMA_VERSION}: "
            "use the build that wrote it"
        )
    return _parse(path, 1, _HEAD, line)


def _parse(path: Path, number: int, kind: TypeAdapter[T], line: bytes) -> T:
    try:
        document = json.loads(line)
        if _MAYBE_HALVES.search(line):
            json.dumps(document, ensure_ascii=False).encode()
        return kind.validate_python(document)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise TornTape(f"{path}, line {number}: {place}: {fault['msg']}") from None
    except RecursionError:
        raise TornTape(f"{path}, line {number}: nested deeper than any tape") from None
    except UnicodeEncodeError:
        raise TornTape(f"{path}, line {number}: holds half a character, which no screen does") from None
    except ValueError as error:
        raise TornTape(f"{path}, line {number}: no JSON ({error})") from None
