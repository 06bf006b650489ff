"""A cluster settled for the candidate becomes a case of both test corpora: the engine's and the shadow's."""

import json
from pathlib import Path

from rollout.faces.cli.output import note
from rollout.faces.cli.reading import ServerData
from rollout.loop.tape_store import find
from shadow.clusters import Cluster
from shadow.differences import Difference
from tmuxio.tapes.tapefile import read_tape, write_tape
from understudy.screens import Frame, PaneShot, Tape
from understudy.tapes import TornTape
from understudy.verdicts import UNKNOWN_AGENT

_ENGINE, _SHADOW = Path("modular/cases"), Path("shadow/settled")
"""The paths of the corpora in a folder of tests."""
_TRIED = 200
"""Differences of a cluster, the newest ones, of which one is wanted whose tape is kept."""


def write_fixtures(found: ServerData, cluster: Cluster, folder: Path | None) -> tuple[Path, ...]:
    """Write the screen of one difference as a case of both corpora; returns the folders of the cases.

    `folder` is a folder of tests; without one `./tests`, where it holds the engine's corpus. Where there is none, or no
    tape is kept, a message says so and nothing is written: the word counts all the same.
    """
    tests = folder or Path("tests")
    if folder is None and not (tests / _ENGINE).is_dir():
        note("No folder of tests is at hand, so no case was written: --fixtures DIR names one.")
        return ()
    seen = _seen(found, cluster)
    if seen is None:
        note("Its tape is kept no longer, or it is about a whole session: no case was written.")
        return ()
    difference, tape = seen
    return (_engine_case(tests, cluster, difference, tape), _shadow_case(tests, cluster, difference, tape))


def _seen(found: ServerData, cluster: Cluster) -> tuple[Difference, Tape] | None:
    """One difference of the cluster with its tape, cut down to its pane."""
    if found.ledger is None or cluster.example.pane is None:
        return None
    for kept in found.ledger.differences(cluster=cluster.id, limit=_TRIED):
        try:
            path = find(found.folder.tapes, kept.cycle)
            tape = read_tape(path).tape if path is not None else None
        except (TornTape, OSError):  # one that is just being written, or taken away: an older one does as well
            continue
        frames = [] if tape is None else [(frame.at, frame.by_pane.get(kept.pane)) for frame in tape.frames]
        shots = [Frame(at=at, panes=(shot,)) for at, shot in frames if shot is not None and not shot.vanished]
        if tape is not None and shots and len(shots) == len(tape.frames):
            return Difference.model_validate_json(kept.body), Tape(id=tape.id, frames=tuple(shots))
    return None


def _engine_case(tests: Path, cluster: Cluster, difference: Difference, tape: Tape) -> Path:
    """Write a golden case: the screen, the other facts, and the state that a person found right."""
    agent = "any" if difference.agent == UNKNOWN_AGENT else difference.agent
    case = tests / _ENGINE / agent / f"settled_{cluster.id.removeprefix('d-')}"
    case.mkdir(parents=True, exist_ok=True)
    shots = [frame.panes[0] for frame in tape.frames]
    if len({shot.ansi for shot in shots}) == 1:
        (case / "screen.ansi").write_text(shots[-1].ansi, encoding="utf-8")
    else:
        _write(case / "frames.json", [shot.text for shot in shots])
    _write(case / "question.json", _question(shots[-1]))
    _write(case / "expected.json", {"state": difference.candidate.state})
    return case


def _shadow_case(tests: Path, cluster: Cluster, difference: Difference, tape: Tape) -> Path:
    """Write a whole tape of that pane, and each monitor's verdict on it."""
    case = tests / _SHADOW / cluster.id
    case.mkdir(parents=True, exist_ok=True)
    write_tape(case / "pane.tape.gz", tape)
    said = {"incumbent": difference.incumbent.state, "candidate": difference.candidate.state, "right": "candidate"}
    _write(case / "settled.json", {"pane": difference.pane, **said})
    return case


def _question(shot: PaneShot) -> dict[str, object]:
    known = {
        "processes": list(shot.processes),
        "pane_title": shot.title,
        "pane_current_command": shot.command,
        "window_name": shot.window,
    }
    return {name: value for name, value in known.items() if value}


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
