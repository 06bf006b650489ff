"""Tapes as they travel and lie on disk: frames that name their screens by hash, each screen once."""

from hashlib import blake2b
from typing import Any

from understudy.record import Instant, Record
from understudy.screens import Frame, PaneShot, Tape


class PackedShot(PaneShot):
    """A pane whose screen is named, not carried: `screen` is its hash and `ansi` stays empty."""

    screen: str


class PackedFrame(Record):
    """A frame of packed shots."""

    at: Instant
    panes: tuple[PackedShot, ...]


class PackedTape(Record):
    """A tape whose screens are carried once each."""

    id: str
    frames: tuple[PackedFrame, ...]
    screens: dict[str, str]
    """Content hash -> screen with colours."""


class TornTape(ValueError):
    """A tape that names a screen it does not carry, or carries one whose hash is not its name."""


def screen_hash(ansi: str) -> str:
    """Name a screen by its content: 32 hexadecimal digits of BLAKE2b."""
    return blake2b(ansi.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def pack(tape: Tape) -> PackedTape:
    """Take the screens out of a tape's frames, each kept once."""
    screens: dict[str, str] = {}
    hashes: dict[str, str] = {}

    def name(ansi: str) -> str:
        if (known := hashes.get(ansi)) is None:
            known = hashes[ansi] = screen_hash(ansi)
            screens[known] = ansi
        return known

    frames = tuple(
        PackedFrame(
            at=frame.at,
            panes=tuple(
                PackedShot.model_construct(**{**_fields(shot), "ansi": "", "screen": name(shot.ansi)})
                for shot in frame.panes
            ),
        )
        for frame in tape.frames
    )
    return PackedTape(id=tape.id, frames=frames, screens=screens)


def unpack(packed: PackedTape) -> Tape:
    """Put the screens back; raises `TornTape` where one is missing or is not what its name says."""
    for name, ansi in packed.screens.items():
        if screen_hash(ansi) != name:
            raise TornTape(f"tape {packed.id}: screen {name} does not have the content that its name says")
    return Tape(
        id=packed.id,
        frames=tuple(
            Frame(at=frame.at, panes=tuple(_shot(packed, shot) for shot in frame.panes)) for frame in packed.frames
        ),
    )


def _shot(packed: PackedTape, shot: PackedShot) -> PaneShot:
    try:
        ansi = packed.screens[shot.screen]
    except KeyError:
        raise TornTape(f"tape {packed.id}: pane {shot.pane} names screen {shot.screen}, which is missing") from None
    return PaneShot.model_construct(**{**_fields(shot), "ansi": ansi})


def _fields(shot: PaneShot) -> dict[str, Any]:
    return {name: getattr(shot, name) for name in PaneShot.model_fields}
