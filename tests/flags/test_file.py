"""The working copy: created once, read again when it changed, written whole, with the last good reading kept."""

import json
import multiprocessing
import threading
from pathlib import Path

import pytest

from rollout.store.flags import BadFlags, FlagsFile, HeldExposure, RevisionMoved, initial_text, parse_flags


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "flags.json"


def write(path: Path, percent: int) -> None:
    body = json.loads(initial_text())
    body["features"][0]["strategies"][0]["parameters"]["rollout"] = str(percent)
    path.write_text(json.dumps(body))


def test_it_begins_as_a_copy_of_the_initial_flags(path: Path) -> None:
    document = FlagsFile(path).read()
    assert document.candidate.percent == 0
    assert path.read_text() == initial_text()
    assert path.stat().st_mode & 0o077 == 0


def test_the_initial_flags_are_those_at_the_root_of_the_project() -> None:
    assert initial_text() == (Path(__file__).parents[2] / "flags.json").read_text()


def test_it_may_begin_with_flags_of_the_operators_own(path: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    write(own, 7)
    assert FlagsFile(path, own).read().candidate.percent == 7


def test_initial_flags_that_are_missing_or_bad_are_a_sentence(path: Path, tmp_path: Path) -> None:
    with pytest.raises(BadFlags, match="flags_file"):
        FlagsFile(path, tmp_path / "none.json").read()
    own = tmp_path / "own.json"
    own.write_text("{}")
    with pytest.raises(BadFlags, match=r"own\.json"):
        FlagsFile(path, own).read()
    assert not path.exists()


def test_a_change_is_seen_at_the_next_look(path: Path) -> None:
    flags = FlagsFile(path)
    flags.read()
    write(path, 50)
    assert flags.read().candidate.percent == 50


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    flags = FlagsFile(path)
    assert flags.read() is flags.read()


def test_gone_bad_it_is_refused_at_every_look_and_the_last_good_one_is_kept(path: Path) -> None:
    flags = FlagsFile(path)
    flags.write_exposure(5)
    path.write_text(initial_text()[:100])
    for _ in range(2):
        with pytest.raises(BadFlags):
            flags.read()
    assert flags.last_good is not None
    assert flags.last_good.candidate.percent == 5
    write(path, 50)
    assert flags.read().candidate.percent == 50


def test_on_a_cold_start_with_a_bad_file_there_is_no_last_good_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    flags = FlagsFile(path)
    with pytest.raises(BadFlags, match="UTF-8"):
        flags.read()
    assert flags.last_good is None


def test_a_write_changes_the_share_and_the_revision_and_nothing_else(path: Path) -> None:
    flags = FlagsFile(path)
    before = json.loads(initial_text())
    assert flags.write_exposure(5, HeldExposure(0, 0)) == HeldExposure(1, 5)
    after = json.loads(path.read_text())
    assert flags.read().candidate.percent == 5
    after["features"][0]["strategies"][0]["parameters"]["rollout"] = "0"
    after["meta"]["revisionId"] = 0
    assert after == before


def test_keys_of_the_operators_own_survive_a_write(path: Path) -> None:
    flags = FlagsFile(path)
    flags.create()
    body = json.loads(path.read_text()) | {"_comment": "ours"}
    path.write_text(json.dumps(body))
    flags.write_exposure(50)
    assert json.loads(path.read_text())["_comment"] == "ours"


def test_two_writers_at_once_are_a_conflict(path: Path) -> None:
    ann, bob = FlagsFile(path), FlagsFile(path)
    seen = bob.held()
    ann.write_exposure(5, seen)
    with pytest.raises(RevisionMoved) as caught:
        bob.write_exposure(50, seen)
    assert (caught.value.expected, caught.value.found) == (HeldExposure(0, 0), HeldExposure(1, 5))
    assert ann.read().candidate.percent == 5


def test_an_edit_by_hand_that_left_the_revision_alone_is_a_conflict(path: Path) -> None:
    flags = FlagsFile(path)
    seen = flags.held()
    write(path, 50)
    with pytest.raises(RevisionMoved, match=r"revision 0 \(50 %\), not revision 0 \(0 %\)"):
        flags.write_exposure(5, seen)
    assert flags.held() == HeldExposure(0, 50)


def test_gone_bad_it_is_followed_as_it_was_until_that_is_too_old(path: Path) -> None:
    flags = FlagsFile(path, max_age_s=60)
    assert flags.follow(1000.0).doubt == ""
    path.write_text("{")
    soon, late = flags.follow(1030.0), flags.follow(1061.0)
    assert (soon.document is not None, soon.age_s) == (True, 30.0)
    assert "the last good ones, 30 s old, are followed" in soon.doubt
    assert (late.document, late.age_s) == (None, 61.0)
    assert "after 60 s they are no longer followed" in late.doubt
    write(path, 5)
    assert flags.follow(1062.0).doubt == ""


def test_a_share_that_is_none_is_refused(path: Path) -> None:
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="from 0 to 100"):
            FlagsFile(path).write_exposure(percent)


def test_a_broken_file_is_not_written_over_by_a_compare_and_set(path: Path) -> None:
    flags = FlagsFile(path)
    flags.read()
    path.write_text("{")
    with pytest.raises(BadFlags):
        flags.write_exposure(5, HeldExposure(0, 0))
    assert path.read_text() == "{"


def test_a_rollback_gets_through_a_broken_file_and_keeps_it_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{")
    flags = FlagsFile(path)
    flags.write_exposure(0)
    assert flags.read().candidate.percent == 0
    assert path.with_name("flags.json.broken").read_text() == "{"


def test_a_rollback_through_a_broken_file_counts_on_from_its_revision(path: Path) -> None:
    for _ in range(3):
        FlagsFile(path).write_exposure(50)
    path.write_text(path.read_text()[:80])
    assert FlagsFile(path).write_exposure(0) == HeldExposure(4, 0)


def test_promoting_switches_a_flag_on_again(path: Path) -> None:
    flags = FlagsFile(path)
    flags.create()
    body = json.loads(path.read_text())
    body["features"][0]["enabled"] = False
    path.write_text(json.dumps(body))
    flags.write_exposure(0)
    assert not flags.read().candidate.enabled
    flags.write_exposure(5)
    assert flags.read().candidate.percent == 5


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_litter(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = FlagsFile(path)
    flags.write_exposure(5)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tmuxio.atomic_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        flags.write_exposure(50)
    assert FlagsFile(path).read().candidate.percent == 5
    assert {found.name for found in path.parent.iterdir()} <= {"flags.json", "flags.json.lock"}


def count_up(path: Path, times: int) -> None:
    flags = FlagsFile(path)
    for _ in range(times):
        flags.write_exposure(flags.read().candidate.percent)


def test_many_writers_lose_no_revision_and_no_reader_sees_half_a_file(path: Path) -> None:
    FlagsFile(path).create()
    writers = [multiprocessing.get_context("spawn").Process(target=count_up, args=(path, 15)) for _ in range(2)]
    for writer in writers:
        writer.start()
    stop = threading.Event()
    wrong: list[Exception] = []

    def look() -> None:
        while not stop.is_set():
            try:
                parse_flags(path.read_text())
            except (BadFlags, OSError) as error:
                wrong.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for writer in writers:
        writer.join(30)
    stop.set()
    reader.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert FlagsFile(path).read().revision == 30
    assert wrong == []
