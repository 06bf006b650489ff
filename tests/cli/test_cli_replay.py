"""Replay: which tapes, which monitors, what is new, what has vanished, who was right, and that it is exact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rollout.loop.tape_retention import Interest
from rollout.loop.tape_store import TapeStore
from rollout.store.state_folder import StateFolder
from tests.cli.test_cli_tapes import MONITORS
from tmuxio.tapes.tapefile import write_tape
from understudy import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
T0 = 1_800_000_000.0
WORDS = [f"{one}{two}{one}" for one in "abcdefgh" for two in "klmnopqr"]
BOTH = ("--monitor", "mine:Idle", "--monitor", "mine:Busy")


def tape(number: int) -> Tape:
    """Two panes that print two words a frame, on and on."""
    return Tape(
        id=f"t-{number}",
        frames=tuple(
            Frame(
                at=T0 + 10 * number + frame * 0.3, panes=tuple(shot(pane, 2 * (4 * number + frame)) for pane in (1, 2))
            )
            for frame in range(4)
        ),
    )


def shot(pane: int, words: int) -> PaneShot:
    return PaneShot(
        pane=f"%{pane}", pid=pane, session="s", session_id="$0", session_created=1, window_id="@0", window_index=pane,
        window="w", processes=("bash", "claude"), ansi="\n".join(WORDS[:words]),
    )  # fmt: skip


@pytest.fixture
def tapes(understudy: Shell) -> Path:
    understudy.write("mine.py", MONITORS)
    folder = understudy.folder / "kept"
    folder.mkdir()
    for number in range(6):
        write_tape(folder / f"t-{number}.tape.gz", tape(number))
    return folder


def test_any_two_monitors_watch_a_folder_and_their_agreement_is_said(understudy: Shell, tapes: Path) -> None:
    said = understudy("replay", tapes, *BOTH)
    assert said.code == 0, said.err
    assert "6 tapes, 12 agents seen: 12 differences (12 in state)" in said.out
    assert "they agree on 0.0%" in said.out
    same = understudy("replay", tapes, "--monitor", "mine:Idle", "--monitor", "mine:Idle")
    assert "no difference; they agree on 100.0%" in same.out


def test_who_was_right_is_said_where_what_the_panes_did_next_tells(understudy: Shell, tapes: Path) -> None:
    said = understudy("replay", tapes, *BOTH, "--json").json
    assert said["rights"] == {"candidate": said["differing_bouts"]}
    turned = understudy("replay", tapes, "--monitor", "mine:Busy", "--monitor", "mine:Idle", "--json").json
    assert turned["rights"] == {"incumbent": turned["differing_bouts"]}


def test_the_same_tapes_say_the_same_byte_for_byte_without_seconds(understudy: Shell, tapes: Path) -> None:
    asked = ("replay", tapes, *BOTH)
    for form in ((), ("--json",)):
        first, second = (understudy(*asked, *form, "--no-seconds") for _ in range(2))
        assert (first.out, first.err) == (second.out, second.err)
        assert "second" not in first.out + first.err
    with_seconds = understudy(*asked, "--json").json
    assert with_seconds.pop("seconds") > 0
    assert with_seconds.pop("frames_per_second") > 0
    assert with_seconds == understudy(*asked, "--json", "--no-seconds").json


def test_clusters_are_new_known_or_vanished_next_to_a_baseline(understudy: Shell, tapes: Path) -> None:
    before = understudy("replay", tapes, *BOTH, "--json", "--no-seconds")
    understudy.write("before.json", before.out)
    same = understudy("replay", tapes, *BOTH, "--baseline", "before.json", "--json").json
    assert [row["new"] for row in same["clusters"]] == [False] * len(same["clusters"])
    assert same["vanished"] == []
    turned = ("--monitor", "mine:Busy", "--monitor", "mine:Idle")
    other = understudy("replay", tapes, *turned, "--baseline", "before.json", "--json").json
    assert [row["new"] for row in other["clusters"]] == [True] * len(other["clusters"])
    assert other["vanished"] == sorted(row["id"] for row in before.json["clusters"])


def test_without_a_baseline_they_are_held_against_what_the_live_cycles_recorded(understudy: Shell, tapes: Path) -> None:
    first = understudy("replay", tapes, *BOTH, "--json").json["clusters"][0]["id"]
    found = [{"subject": "%1", "cluster": name, "severity": "state", "expected": None} for name in (first, "d-gone00")]
    write_tape(tapes / "t-0.tape.gz", tape(0), {}, {"differences": found})
    said = understudy("replay", tapes, *BOTH, "--json").json
    assert {row["id"]: row["new"] for row in said["clusters"]}[first] is False
    assert said["vanished"] == ["d-gone00"]
    assert [row["new"] for row in understudy("replay", tapes / "t-1.tape.gz", *BOTH, "--json").json["clusters"]] == [
        None
    ] * 1


def test_since_takes_what_the_last_run_kept_and_leaves_out_what_is_damaged(
    understudy: Shell, tapes: Path, tmp_path: Path
) -> None:
    folder = StateFolder(understudy.state).prepare(tmp_path / "sock")
    tape_store = TapeStore(folder.tapes)
    for number in range(3):
        tape_store.keep(f"c-{number}", tape(number), {}, {}, interest=Interest.DIFFERS)
    tape_store._worker.submit(lambda: None).result()
    tape_store._now = lambda: T0
    tape_store.close()
    (folder.tapes / "c-9-differs.tape.gz").write_bytes(b"torn")
    said = understudy("replay", "--since", "24h", *BOTH, "--json")
    assert said.code == 0, said.err
    assert said.json["tapes"] == 3
    assert "left out: " in said.err
    assert "c-9-differs.tape.gz, line 1" in said.err
    del tapes


def test_a_difference_of_acts_is_no_gate_where_only_one_remembers_what_it_knew(understudy: Shell, tapes: Path) -> None:
    understudy.write("asks.py", ASKS)
    both = ("--monitor", "asks:Quiet", "--monitor", "asks:Asks", "--fail-on", "action")
    assert understudy("replay", tapes, *both).code == 3
    for number in range(6):
        meta = {"monitors": {"incumbent": "Quiet 1"}}
        write_tape(tapes / f"t-{number}.tape.gz", tape(number), {"incumbent": 1}, meta)  # type: ignore[arg-type]
    said = understudy("replay", tapes, *both)
    assert said.code == 0
    assert "not comparable" in said.out


ASKS = (
    MONITORS.replace("from understudy import ", "from understudy import Escalate, ")
    + """
class Quiet(Idle):
    pass

class Asks(Idle):
    def cycle(self, cycle, source, clock, scope, outcomes):
        report = super().cycle(cycle, source, clock, scope, outcomes)
        wish = Escalate(
            pane="%1", pid=1, target=None, session="s", reason="x", text="x", ordinal=1, at=clock.now(),
        )
        return report.model_copy(update={"intents": (wish,)})
"""
)


def test_a_monitor_may_be_named_with_rule_files_of_its_own(understudy: Shell, tapes: Path) -> None:
    (understudy.folder / "rules").mkdir()
    said = understudy("replay", tapes, "--monitor", "modular", "--monitor", "modular@rules", "--json")
    assert said.code == 0, said.err
    assert said.json["agreement"] == 1.0
    missing = understudy("replay", tapes, "--monitor", "modular", "--monitor", "modular@nowhere")
    assert (missing.code, "there is no folder of rule files at nowhere" in missing.err) == (2, True)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "name tapes, or say --since 24h"),
        (("kept", "--since", "24h"), "name tapes, or say --since 24h"),
        (("--since", "yesterday"), "write 24h, 30min or 7d"),
        (("--since", "24h"), "no tape of the last 24h is kept"),
        (("kept", "--monitor", "modular"), "name two monitors"),
        (("kept", "--baseline", "mine.py"), "is no baseline: write one with"),
        (("kept", "--baseline", "none.json"), "none.json: no such file"),
    ],
)
@pytest.mark.usefixtures("tapes")
def test_what_cannot_be_replayed_is_a_sentence(understudy: Shell, asked: tuple[str, ...], says: str) -> None:
    said = understudy("replay", *asked)
    assert (said.code, says in said.err) == (2, True), said.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"schema": 2}', "a tape of schema 2, this build reads 1"),
        (b'{"schema": 1, "tape": "t", "screens": 0, "frames": 9, "memories": {}, "meta": {}}', "the tape ends here"),
        (b'{"schema": 1, "tape": "t", "screens": 0, "frames": 0, "memories": {}, "meta": {}}', "shows nothing"),
        (b"\x00" * 100, "no JSON"),
    ],
    ids=["another schema", "cut short", "empty", "rubbish"],
)
@pytest.mark.usefixtures("tapes")
def test_a_tape_that_is_none_is_named_and_no_traceback(understudy: Shell, content: bytes, says: str) -> None:
    import gzip

    (understudy.folder / "bad.tape.gz").write_bytes(gzip.compress(content))
    said = understudy("replay", "bad.tape.gz", *BOTH)
    assert said.code == 2
    assert "bad.tape.gz, line" in said.err
    assert says in said.err
    assert "Traceback" not in said.err


def test_meta_that_was_edited_changes_nothing_or_is_a_sentence(understudy: Shell, tapes: Path) -> None:
    for meta in ({"monitors": 3}, {"monitors": {"incumbent": "Idle 1"}, "outcomes": 7}, {"differences": [3, {}]}):
        write_tape(tapes / "t-0.tape.gz", tape(0), {}, json.loads(json.dumps(meta)))
        said = understudy("replay", tapes, *BOTH)
        assert said.code == 0, said.err
    odd = {"monitors": {"incumbent": "Idle 1"}, "outcomes": {"incumbent": [{"intent_key": 1}]}}
    write_tape(tapes / "t-0.tape.gz", tape(0), {"incumbent": 1}, json.loads(json.dumps(odd)))
    said = understudy("replay", tapes, *BOTH)
    assert (said.code, "holds outcomes that this build does not know" in said.err) == (69, True)
