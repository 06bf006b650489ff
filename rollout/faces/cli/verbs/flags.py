"""`understudy flags`: what routes the rollout, and whether a file of it is valid."""

from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import emit, say, table
from rollout.faces.cli.where import server_folder
from rollout.store.flags import CANDIDATE, SHADOW, BadFlags, Share, initial_text, parse_flags
from rollout.store.settings import load


def show(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show the working copy of the server, or the flags that its first run would start from."""
    path, text = _current(socket_name, socket_path)
    document = parse_flags(text, str(path or "the initial flags"))
    if as_json:
        shares = {"candidate": _as_json(document.candidate), "shadow": _as_json(document.shadow)}
        emit({"path": path and str(path), "revision": document.revision, **shares})
        return Exit.OK
    say(f"{path or 'no working copy yet; the first run starts from these'}  (revision {document.revision})")
    table(
        (name, f"{share.percent} %", "on" if share.enabled else "off", f"sticky on {share.stickiness}")
        for name, share in ((CANDIDATE, document.candidate), (SHADOW, document.shadow))
    )
    return Exit.OK


def check(file: Path | None, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Check a file, or the working copy; raises `BadFlags` with every fault (as JSON they are said on stdout)."""
    path, text = (
        (file, file.read_text(encoding="utf-8", errors="replace")) if file else _current(socket_name, socket_path)
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


def _current(socket_name: str | None, socket_path: Path | None) -> tuple[Path | None, str]:
    path = server_folder(socket_name, socket_path).flags
    if path.exists():
        return path, path.read_text(encoding="utf-8", errors="replace")
    return None, initial_text(load().settings.flags_file)


def _as_json(share: Share) -> dict[str, Any]:
    return {"enabled": share.enabled, "percent": share.percent, "stickiness": share.stickiness}
