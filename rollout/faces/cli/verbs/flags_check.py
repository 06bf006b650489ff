"""`understudy flags check`: the faults of a file of flags."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.flags_source import current_flags
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.verb import verb
from rollout.store.flags import (
    BadFlags,
    parse_flags,
)
from rollout.store.flags.choosing import chosen
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load


@verb("flags check", "flags check", "flags check my-flags.json")
def flags_check(
    file: Annotated[Path | None, typer.Argument(help="The file; default: the working copy.")] = None,
    *,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Check a flags file; print each fault with its key and its remedy."""
    path, text = (
        (file, file.read_text(encoding="utf-8", errors="replace"))
        if file
        else current_flags(chosen(load().settings), server)
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
