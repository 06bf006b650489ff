"""`understudy flags show`: the flags that route the rollout, and their source."""

import time
from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.flags_source import current_flags
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import ago, emit, note, say, table
from rollout.faces.cli.verb import verb
from rollout.store.flags import (
    CANDIDATE,
    SHADOW,
    FlagReading,
    FlagsDocument,
    Share,
    parse_flags,
)
from rollout.store.flags.choosing import FlagsChoice, ServerChoice, chosen
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load


@verb("flags show", "flags show", "flags show --json")
def flags_show(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Show the path and the content of the flags file."""
    choice = chosen(load().settings)
    if choice.server is not None:
        return _show_server(choice, choice.server, server, as_json=as_json)
    path, text = current_flags(choice, server)
    document = parse_flags(text, str(path or "the initial flags"))
    if as_json:
        emit({"path": path and str(path), "server": None, "age_seconds": 0.0, "doubt": "", **_as_json(document)})
    else:
        say(f"{path or 'no working copy yet; the first run starts from these'}  (revision {document.revision})")
        _tell(document)
    return Exit.OK


def _show_server(choice: FlagsChoice, held: ServerChoice, server: ServerSelection, *, as_json: bool) -> Exit:
    followed = choice.open(server.folder).follow(time.time())
    if followed.document is None:
        raise Stop(Exit.UNAVAILABLE, f"{followed.doubt}: the incumbent owns every session")
    if as_json:
        age = {"age_seconds": round(followed.age_s, 1), "doubt": followed.doubt}
        emit({"path": None, "server": held.backend.shown, **age, **_as_json(followed.document)})
        return Exit.OK
    say(f"{held.backend.shown}, {held.place.environment} of {held.place.project}  ({_seen(followed)})")
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


def _as_json(document: FlagsDocument) -> dict[str, Any]:
    shares = {"candidate": document.candidate, "shadow": document.shadow}
    return {"revision": document.revision, **{name: _share(share) for name, share in shares.items()}}


def _share(share: Share) -> dict[str, Any]:
    return {"enabled": share.enabled, "percent": share.percent, "stickiness": share.stickiness}
