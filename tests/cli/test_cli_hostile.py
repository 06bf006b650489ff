"""Screens, names and rules that would move a cursor, turn the reading direction or hide: none gets out of a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category

import pytest

from rollout.loop.tape_retention import Interest
from rollout.loop.tape_store import TapeStore
from rollout.store.ledger import BoutRow, DifferenceRow, Ledger
from shadow.bout import Bout, bout_id
from shadow.compare import compare
from tests.cli.rollouts import CANDIDATE, INCUMBENT, THEN, kept
from tests.cli.test_cli_tapes import MONITORS
from tmuxio.tapes.tapefile import write_tape
from understudy import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    from shadow.differences import Difference
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
CYCLE = "c-20260528T202640.000000"
HOSTILE = (
    "\x1b[2J\x1b[1;1Hgone",
    "\x1b]0;new title\x07",
    "\x1b]8;;https://example.org\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mred",
    "back\x08\x08\x08space\rline",
    "\u202etxet denrut\u202c",
    "\u2066isolated\u2069",
    "zero\u200bwidth\u200djoined\ufeff",
    "\u2028separated\u2029",
    "</script><script>alert(1)</script>",
    "half \ud800 pair",
    "tall" + "\u0301" * 40,
)
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmless(text: str) -> bool:
    return not [char for char in text if category(char) in UNSEEN and char != "\n"]


@pytest.fixture
def ran(understudy: Shell, tmp_path: Path) -> None:
    """A rollout in which everything that can be foreign is hostile."""
    made = kept(understudy.state, tmp_path / "sock")
    found = next(one for one in compare(INCUMBENT, CANDIDATE) if one.pane == "%2")
    ledger = Ledger(made.folder.ledger)
    with ledger.transaction() as tx:
        for number, text in enumerate(HOSTILE):
            text = text.encode("utf-8", "replace").decode()  # noqa: PLW2901 - JSON on disk has no halves of pairs
            side = found.candidate.model_copy(update={"lines": (text, "x"), "rule": text})
            worse = found.model_copy(
                update={"window": text, "session": text, "candidate": side, "incumbent": side, "agent": text[:9]}
            )
            tx.add_differences([DifferenceRow(CYCLE, THEN, 1, "%2", worse.cluster, worse.model_dump_json())])
            tx.add_bouts([_row(worse, number, agrees=False), _row(worse, number, agrees=True)])
    ledger.close()
    tape_store = TapeStore(made.folder.tapes, now=lambda: THEN)
    tape_store.keep(
        CYCLE, _tape("\n".join(HOSTILE).encode("utf-8", "replace").decode()), {}, {}, interest=Interest.DIFFERS
    )
    tape_store.close()


def _row(difference: Difference, number: int, *, agrees: bool) -> BoutRow:
    one = Bout(
        id=bout_id("%2", number, THEN + agrees), pane="%2", pid=102, session=difference.session,
        window=difference.window, agent=difference.agent, began=THEN, ended=THEN + 20, looks=3, agrees=agrees,
        difference=None if agrees else difference, fingerprint=difference.fingerprint,
        incumbent=difference.incumbent, candidate=difference.candidate, settled_at=THEN + 90,
    )  # fmt: skip
    return BoutRow(one.id, 1, "%2", THEN + 90, None if agrees else difference.cluster, one.model_dump_json())


def _tape(text: str) -> Tape:
    shot = PaneShot(
        pane="%2", pid=102, session="\x1b[31ms\u202e", session_id="$1", session_created=1, window_id="@1",
        window_index=2, window="\x1b]0;w\x07\u200b", title=text, processes=("bash", "cl\x1baude"), ansi=text,
    )  # fmt: skip
    return Tape(id="t-\x1b[1m1", frames=tuple(Frame(at=THEN + 1 + n * 0.3, panes=(shot,)) for n in range(4)))


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(
    "asked",
    [
        ("diffs", "list"),
        ("diffs", "show", "CLUSTER"),
        ("diffs", "accept", "CLUSTER", "--reason", "x", "--yes"),
        ("diffs", "settle", "CLUSTER", "--right", "both", "--reason", "x"),
        ("diffs", "settle", "CLUSTER", "--right", "candidate", "--reason", "x", "--fixtures", "cases"),
        ("diffs", "referee"),
        ("diffs", "show", "no\x1b[2Jne\u202e"),
        ("report",),
    ],
    ids=" ".join,
)
def test_nothing_that_a_pane_or_a_name_holds_moves_a_terminal(understudy: Shell, asked: tuple[str, ...]) -> None:
    cluster = understudy("diffs", "list", "--json").json["clusters"][0]["id"]
    said = understudy(*(cluster if word == "CLUSTER" else word for word in asked))
    assert "Traceback" not in said.err
    assert harmless(said.out), [char for char in said.out if category(char) in UNSEEN and char != "\n"]
    assert harmless(said.err), [char for char in said.err if category(char) in UNSEEN and char != "\n"]


def test_a_replay_of_hostile_tapes_is_harmless(understudy: Shell) -> None:
    understudy.write("mine.py", MONITORS)
    whole = [text for text in HOSTILE if "\ud800" not in text]
    write_tape(understudy.folder / "t.tape.gz", _tape("\n".join(whole)))
    said = understudy("replay", "t.tape.gz", "--monitor", "mine:Idle", "--monitor", "mine:Busy")
    assert said.code == 0, said.err
    assert harmless(said.out)
    assert harmless(said.err)
    write_tape(understudy.folder / "half.tape.gz", _tape(HOSTILE[-2]))
    said = understudy("replay", "half.tape.gz", "--monitor", "mine:Idle", "--monitor", "mine:Busy")
    assert (said.code, "line 2: holds half a character" in said.err) == (2, True), said.err
