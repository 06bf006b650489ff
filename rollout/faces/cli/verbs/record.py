"""`understudy record`: shoot tapes of a server and keep them."""

from dataclasses import dataclass
from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.server_selection import server_address
from rollout.loop.tape_store import SUFFIX
from rollout.store.settings import load
from tmuxio.reading.reader import Reader
from tmuxio.redaction import redactor
from tmuxio.tapes.recorder import Recorder
from tmuxio.tapes.tapefile import write_tape
from understudy.clock import SystemClock
from understudy.screens import Tape


@dataclass(frozen=True, slots=True)
class Shooting:
    """What is to be shot: so many tapes of so many frames, seconds apart each."""

    folder: Path
    tapes: int
    every_s: float
    frames: int
    gap_s: float


def record(shooting: Shooting, socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Shoot and keep; each tape is whole on disk before the next is begun."""
    clock = SystemClock()
    address = server_address(socket_name, socket_path)
    recorder = Recorder(Reader(address), clock, redactor(load().settings.redaction))
    shooting.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(shooting.tapes):
        began = clock.now()
        tape = recorder.shoot(shooting.frames, shooting.gap_s)
        path = shooting.folder / f"{tape.id}{SUFFIX}"
        write_tape(path, tape, meta={"socket": str(address), "by": "understudy record"})
        _tell(path, tape, as_json=as_json)
        if number + 1 < shooting.tapes:
            clock.sleep(began + shooting.every_s - clock.now())
    return Exit.OK


def _tell(path: Path, tape: Tape, *, as_json: bool) -> None:
    panes = len(tape.frames[-1].panes)
    if as_json:
        emit({"tape": tape.id, "file": str(path), "frames": len(tape.frames), "panes": panes})
    else:
        say(f"{path}  {len(tape.frames)} frames of {panes} panes, {path.stat().st_size / 1024:.1f} kB")
