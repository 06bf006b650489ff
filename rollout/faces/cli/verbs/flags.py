"""`understudy flags`: what routes the rollout, who holds it, and whether a file of it is valid."""

import time
from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import ago, emit, note, say, table
from rollout.faces.cli.server_selection import server_folder
from rollout.store.flags import (
    CANDIDATE,
    SHADOW,
    BadFlags,
    FlagReading,
    FlagsDocument,
    Share,
    initial_text,
    parse_flags,
)
from rollout.store.flags.choosing import FlagsChoice, ServerChoice, chosen
from rollout.store.settings import load


def show(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show what the server holds or, without one, the working copy or the flags that a first run would start from."""
    choice = chosen(load().settings)
    if choice.server is not None:
        return _show_server(choice, choice.server, socket_name, socket_path, as_json=as_json)
    path, text = _current(choice, socket_name, socket_path)
    document = parse_flags(text, str(path or "the initial flags"))
    if as_json:
        emit({"path": path and str(path), "server": None, "age_seconds": 0.0, "doubt": "", **_as_json(document)})
    else:
        say(f"{path or 'no working copy yet; the first run starts from these'}  (revision {document.revision})")
        _tell(document)
    return Exit.OK


def check(file: Path | None, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Check a file, or what is followed; raises `BadFlags` with every fault (as JSON they are said on stdout)."""
    path, text = (
        (file, file.read_text(encoding="utf-8", errors="replace"))
        if file
        else _current(chosen(load().settings), socket_name, socket_path)
    )
    name = str(path or "the initial flags")
    try:
        document = parse_flags(text, name)
    except BadFlags as bad:
        if not as_json:
            raise
        faults = [{"path": fault.path, "says": fault.text, "remedy": fault.fix} for fault in bad.faults]
        emit({"file": name, "valid": False, "faults": faults})
        return Exit.CONFIG
    if as_json:
        emit({"file": name, "valid": True, "faults": []})
    else:
        say(f"{name}: valid (revision {document.revision})")
    return Exit.OK


def _show_server(
    choice: FlagsChoice, server: ServerChoice, socket_name: str | None, socket_path: Path | None, *, as_json: bool
) -> Exit:
    followed = choice.open(server_folder(socket_name, socket_path)).follow(time.time())
    if followed.document is None:
        raise Stop(Exit.UNAVAILABLE, f"{followed.doubt}: the incumbent owns every session")
    if as_json:
        age = {"age_seconds": round(followed.age_s, 1), "doubt": followed.doubt}
        emit({"path": None, "server": server.backend.shown, **age, **_as_json(followed.document)})
        return Exit.OK
    say(f"{server.backend.shown}, {server.place.environment} of {server.place.project}  ({_seen(followed)})")
    _tell(followed.document)
    if followed.doubt:
        note(followed.doubt)
    return Exit.OK


def _seen(followed: FlagReading) -> str:
    assert followed.document is not None
    return f"last seen {ago(followed.age_s)} ago" if followed.doubt else f"revision {followed.document.revision}"


def _tell(document: FlagsDocument) -> None:
    table(
        (name, f"{share.percent} %", "on" if share.enabled else "off", f"sticky on {share.stickiness}")
        for name, share in ((CANDIDATE, document.candidate), (SHADOW, document.shadow))
    )


def _current(choice: FlagsChoice, socket_name: str | None, socket_path: Path | None) -> tuple[Path | None, str]:
    path = choice.kept(server_folder(socket_name, socket_path))
    if path.exists():
        return path, path.read_text(encoding="utf-8", errors="replace")
    return None, initial_text(choice.initial)


def _as_json(document: FlagsDocument) -> dict[str, Any]:
    shares = {"candidate": document.candidate, "shadow": document.shadow}
    return {"revision": document.revision, **{name: _share(share) for name, share in shares.items()}}


def _share(share: Share) -> dict[str, Any]:
    return {"enabled": share.enabled, "percent": share.percent, "stickiness": share.stickiness}
