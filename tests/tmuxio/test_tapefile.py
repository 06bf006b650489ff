from __future__ import annotations

import contextlib
import gzip
import json
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmuxio.tapes.screen_store import ScreenStore
from tmuxio.tapes.tapefile import StoredTape, read_tape, write_tape
from understudy.screens import Frame, PaneShot, Tape
from understudy.tapes import TornTape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INSTANTS = st.integers(0, 4_000_000_000_000_000).map(lambda micro: micro / 1_000_000)
SCREENS = st.text(max_size=40) | st.sampled_from(["\x1b[31mred\x1b[0m", "", "line\n\n", "\x1b]0;t\x07"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
SHOTS = st.builds(
    PaneShot,
    pane=st.integers(0, 99).map("%{}".format),
    pid=st.integers(1, 2**22),
    session=st.text(max_size=8),
    session_id=st.just("$1"),
    session_created=st.integers(0, 2**31),
    window_id=st.just("@1"),
    window_index=st.integers(0, 999),
    window=st.text(max_size=8),
    title=st.text(max_size=8),
    dead=st.booleans(),
    vanished=st.booleans(),
    processes=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    ansi=SCREENS,
)
TAPES = st.builds(
    Tape,
    id=st.text(max_size=10),
    frames=st.lists(
        st.builds(
            Frame,
            at=INSTANTS.map(lambda at: Frame.model_validate_json(Frame(at=at, panes=()).model_dump_json()).at),
            panes=st.lists(SHOTS, max_size=4).map(tuple),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


def shot(number: int, ansi: str) -> PaneShot:
    return PaneShot(
        pane=f"%{number}", pid=number, session="s", session_id="$0", session_created=1, window_id="@0",
        window_index=number, window="w", ansi=ansi,
    )  # fmt: skip


TAPE = Tape(
    id="t1",
    frames=tuple(
        Frame(at=100.25 + tick, panes=(shot(1, "still " * 50), shot(2, f"tick {tick}"), shot(3, "still " * 50)))
        for tick in range(4)
    ),
)


@given(
    tape=TAPES,
    memories=st.dictionaries(st.text(max_size=5), JSON, max_size=2),
    meta=st.dictionaries(st.text(max_size=5), JSON, max_size=2),
)
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, tape: Tape, memories: dict, meta: dict
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.tape"

    write_tape(path, tape, memories, meta)
    kept = read_tape(path)

    assert kept.tape == tape
    assert (kept.memories, kept.meta) == (memories, meta)


def test_a_screen_is_stored_once_however_often_it_was_seen(tmp_path: Path) -> None:
    write_tape(tmp_path / "t", TAPE)

    text = gzip.decompress((tmp_path / "t").read_bytes()).decode()

    assert text.count("still " * 50) == 1
    assert len(text.splitlines()) == 1 + 5 + 4


def test_the_same_tape_is_the_same_file_and_nobody_elses_to_read(tmp_path: Path) -> None:
    write_tape(tmp_path / "a", TAPE)
    write_tape(tmp_path / "b", TAPE)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_tape_cut_short_at_any_byte_is_torn_and_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.tape"
    write_tape(path, TAPE)
    whole = path.read_bytes()

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(TornTape, match=r"cut\.tape, line \d+: "):
            read_tape(path)


def test_a_tape_damaged_at_any_byte_is_torn_or_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "damaged.tape"
    write_tape(path, TAPE)
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        kept = None
        with contextlib.suppress(TornTape):
            kept = read_tape(path)
        assert kept is None or kept.tape == TAPE


@pytest.mark.parametrize("lost", range(10))
def test_a_tape_that_lacks_a_whole_line_is_torn(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "short.tape"
    write_tape(path, TAPE)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:lost] + lines[lost + 1 :])))

    with pytest.raises(TornTape, match=r"short\.tape"):
        read_tape(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"plain text\n", "cut short or damaged"),
        (gzip.compress(b"not json\n"), "no JSON"),
        (gzip.compress(b"[1]\n"), "line 1: "),
        (gzip.compress(json.dumps({"schema": 2}).encode()), "line 1: a tape of schema 2, this build reads 1"),
        (gzip.compress(b"[" * 100_000), "line 1: nested deeper"),
    ],
    ids=["empty", "plain text", "no JSON", "a list", "another schema", "deep"],  # what is packed has the time in it
)
def test_a_file_that_is_no_tape_says_what_is_wrong_with_it(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x").write_bytes(content)

    with pytest.raises(TornTape, match=says):
        read_tape(tmp_path / "x")


def test_a_line_too_many_is_no_tape(tmp_path: Path) -> None:
    write_tape(tmp_path / "x", TAPE)
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes() + gzip.compress(b"{}\n"))

    with pytest.raises(TornTape, match="should have ended"):
        read_tape(tmp_path / "x")


def test_a_write_that_fails_leaves_the_older_tape_and_no_litter(tmp_path: Path) -> None:
    write_tape(tmp_path / "x", TAPE)

    with pytest.raises(TypeError):
        write_tape(tmp_path / "x", TAPE, meta={"not": object()})  # type: ignore[dict-item]

    assert read_tape(tmp_path / "x").tape == TAPE
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_tape_from_a_shelf_finds_its_screens_and_memories_in_the_store_beside_it(tmp_path: Path) -> None:
    store = ScreenStore(tmp_path)
    write_tape(tmp_path / "a.tape.gz", TAPE, {"incumbent": {"seen": [1]}}, {"cycle": "c"}, store)
    write_tape(tmp_path / "b.tape.gz", TAPE, {"incumbent": {"seen": [1]}}, {}, store)

    kept = read_tape(tmp_path / "a.tape.gz")

    assert kept == StoredTape(TAPE, {"incumbent": {"seen": [1]}}, {"cycle": "c"})
    assert "still" not in gzip.decompress((tmp_path / "a.tape.gz").read_bytes()).decode()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_screen_stays_until_the_last_tape_that_shows_it_is_gone(tmp_path: Path) -> None:
    store = ScreenStore(tmp_path)
    for name in ("a", "b"):
        write_tape(tmp_path / name, TAPE, store=store)
    store.forget(["a"])
    assert read_tape(tmp_path / "b").tape == TAPE
    store.forget(["b"])
    assert store.tapes() == frozenset()
    with pytest.raises(TornTape, match="which is missing"):
        read_tape(tmp_path / "b")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda store: store.unlink(), r"screens\.sqlite is missing, which holds its screens"),
        (lambda store: store.write_bytes(b"no database"), "cannot be read"),
        (lambda store: _edit(store, "UPDATE texts SET body = substr(body, 1, 9)"), "cannot be read"),
        (lambda store: _edit(store, "UPDATE texts SET body = x'789c030000000001'"), "not|missing"),
    ],
    ids=["taken away", "no database", "cut short", "edited"],
)
def test_a_store_that_was_harmed_is_a_sentence_about_the_tape(
    tmp_path: Path, harm: Callable[[Path], object], says: str
) -> None:
    store = ScreenStore(tmp_path)
    write_tape(tmp_path / "a.tape", TAPE, {"incumbent": 1}, store=store)
    harm(store.path)
    with pytest.raises(TornTape, match=rf"a\.tape: .*({says})"):
        read_tape(tmp_path / "a.tape")


def test_a_tape_that_names_a_store_elsewhere_reads_no_other_folder(tmp_path: Path) -> None:
    head = {"schema": 1, "tape": "t", "screens": 0, "frames": 0, "memories": {}, "meta": {}, "store": "../x.sqlite"}
    (tmp_path / "t").write_bytes(gzip.compress(json.dumps(head).encode()))
    with pytest.raises(TornTape, match="line 1: store"):
        read_tape(tmp_path / "t")


def test_what_unpacks_to_far_more_than_a_tape_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmuxio.tapes.tapefile._LONGEST", 1000)
    (tmp_path / "bomb").write_bytes(gzip.compress(b'{"schema": 1, "tape": "' + b"x" * 5000))
    with pytest.raises(TornTape, match="line 1: far larger than any tape"):
        read_tape(tmp_path / "bomb")


def _edit(store: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement)
