"""A cluster settled for the candidate becomes a case of both test corpora: the engine's and the shadow's."""

import contextlib
import json
from pathlib import Path

from modular.corpus import BadCase, Case, CaseExists, add_case
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import ServerData
from rollout.loop.tape_store import find
from shadow.clusters import Cluster
from shadow.differences import Difference
from tmuxio.tapes.tapefile import read_tape, write_tape
from understudy.screens import Frame, Tape
from understudy.tapes import TornTape
from understudy.verdicts import UNKNOWN_AGENT

_ENGINE, _SHADOW = Path("modular/corpus"), Path("shadow/settled")
"""The paths of the corpora in a folder of tests."""
_TRIED = 200
"""Differences of a cluster, the newest ones, of which one is wanted whose tape is kept."""


def write_fixtures(found: ServerData, cluster: Cluster, folder: Path | None) -> tuple[Path, ...]:
    """Write the screen of one difference as a case of both corpora; returns the paths of the cases.

    `folder` is a folder of tests; without one `./tests`, where it holds the engine's corpus. Where there is none, or no
    tape can be read, a message says so and nothing is written: the word counts all the same.
    """
    tests = folder or Path("tests")
    if folder is None and not (tests / _ENGINE).is_dir():
        note("No folder of tests is at hand, so no case was written: --fixtures DIR names one.")
        return ()
    seen = _seen(found, cluster)
    if seen is None:
        note("No tape of it is kept that can be read, or it is about a whole session: no case was written.")
        return ()
    difference, tape = seen
    written = [_shadow_case(tests, cluster, difference, tape)]
    try:
        written.insert(0, _engine_case(tests, cluster, difference, tape))
    except BadCase as fault:
        note(f"It is not in the corpus of the engine. {fault}")
    return tuple(written)


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
    """Add a case to the corpus: the screen, the other facts, and the state that a person found right."""
    shots = [frame.panes[0] for frame in tape.frames]
    shot, stands_still = shots[-1], len({shot.ansi for shot in shots}) == 1
    case = Case(
        cli="any" if difference.agent == UNKNOWN_AGENT else difference.agent,
        name=f"settled_{cluster.id.removeprefix('d-')}",
        screens=(shot.ansi,) if stands_still else tuple(shot.text for shot in shots),
        state=difference.candidate.state,
        processes=shot.processes,
        title=shot.title,
        command=shot.command,
        window=shot.window,
    )
    with contextlib.suppress(CaseExists):  # settled before: one case of it is enough
        add_case(tests / _ENGINE, case)
    return tests / _ENGINE / case.cli / "cases.toml"


def _shadow_case(tests: Path, cluster: Cluster, difference: Difference, tape: Tape) -> Path:
    """Write a whole tape of that pane, and each monitor's verdict on it."""
    case = tests / _SHADOW / cluster.id
    case.mkdir(parents=True, exist_ok=True)
    write_tape(case / "pane.tape.gz", tape)
    said = {"incumbent": difference.incumbent.state, "candidate": difference.candidate.state, "right": "candidate"}
    _write(case / "settled.json", {"pane": difference.pane, **said})
    return case


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
