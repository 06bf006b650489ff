"""`understudy record`: shoot tapes of a server and keep them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, say
from rollout.faces.cli.verb import verb
from rollout.loop.tape_store import SUFFIX
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import load
from tmuxio.reading.reader import Reader
from tmuxio.redaction import redactor
from tmuxio.tapes.recorder import Recorder
from tmuxio.tapes.tapefile import write_tape
from understudy.clock import SystemClock
from understudy.screens import Tape


@dataclass(frozen=True, slots=True)
class Shooting:
    """The order for a recording: so many tapes of so many frames, seconds apart each."""

    folder: Path
    tapes: int
    every_s: float
    frames: int
    gap_s: float


@verb("record", "record -o tapes", "record --tapes 20 --every 3 -o tapes -S /tmp/s")
def record(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write them to.")] = Path(
        "tapes"
    ),
    tapes: Annotated[int, typer.Option(min=1, metavar="N", help="Number of tapes.")] = 1,
    every: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between the starts of two tapes.")] = 5.0,
    frames: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Frames per tape.")] = 4,
    gap: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two frames.")] = 0.3,
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Record tapes of a tmux server.

    Secrets are blanked before anything is written; no key is sent.
    """
    shooting = Shooting(folder=output, tapes=tapes, every_s=every, frames=frames, gap_s=gap)
    return _shoot(shooting, server, as_json=as_json)


def _shoot(shooting: Shooting, server: ServerSelection, *, as_json: bool) -> Exit:
    """Shoot and keep; each tape is whole on disk before the next is begun."""
    clock = SystemClock()
    address = server.address
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
