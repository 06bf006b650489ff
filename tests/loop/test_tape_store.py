"""The tape store: what is kept of which cycle, for how long, and how much room it takes."""

from __future__ import annotations

import stat
from random import Random
from string import printable
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from rollout.loop.recording import interest_of
from rollout.loop.tape_retention import Interest, RetainedTape, Retention, by_worth, outdated, sampled
from rollout.loop.tape_store import TapeStore, listed
from shadow.compare import compare
from tmuxio.tapes.tapefile import read_tape
from understudy import AgentRole, AgentState, AgentVerdict, CycleReport, Why
from understudy.screens import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DAY = 86400.0
KEPT = st.lists(
    st.builds(RetainedTape, name=st.uuids().map(str), interest=st.sampled_from(Interest), at=st.floats(0, 30 * DAY)),
    max_size=60,
)


def tape(number: int, text: str = "still") -> Tape:
    shot = PaneShot(
        pane="%1", pid=1, session="s", session_id="$0", session_created=1, window_id="@0", window_index=0, window="w",
        ansi=text,
    )  # fmt: skip
    return Tape(id=f"t-{number}", frames=(Frame(at=float(number), panes=(shot,)),))


def noise(seed: int) -> str:
    """A screen that no compression makes small."""
    return "".join(Random(seed).choices(printable, k=3_000))  # noqa: S311 - the same in every run


def shelve(folder: Path, rules: Retention, *cycles: tuple[int, Interest], now: float = 100.0, text: str = "") -> None:
    tape_store = TapeStore(folder, rules, lambda: now)
    for number, interest in cycles:
        tape_store.keep(f"c-{number:04}", tape(number, text or f"screen {number}"), {}, {}, interest=interest)
    tape_store.close()


@given(kept=KEPT, share=st.floats(0, 1))
def test_within_its_days_a_tape_that_differs_goes_only_where_room_is_short(
    kept: list[RetainedTape], share: float
) -> None:
    rules = Retention(days=14, sample=share, newest=3)
    going = outdated(kept, 30 * DAY, rules)
    assert all(one.interest is Interest.AGREES for one in going if one.at >= 16 * DAY)
    assert {one.name for one in kept if one.at < 16 * DAY} <= {one.name for one in going}


@given(kept=KEPT)
def test_where_room_is_short_agreements_go_first_and_the_newest_stay(kept: list[RetainedTape]) -> None:
    order = by_worth(kept, Retention(newest=5))
    assert [one.interest.rank for one in order] == sorted(one.interest.rank for one in order)
    assert len(order) == max(0, len(kept) - 5)
    newest = sorted(kept, key=lambda one: (one.at, one.name))[-5:]
    assert not {one.name for one in newest} & {one.name for one in order}


def test_a_share_of_the_agreements_is_kept_the_same_at_any_time() -> None:
    names = [f"c-{number}" for number in range(10_000)]
    assert 400 < sum(sampled(name, 0.05) for name in names) < 600
    assert not any(sampled(name, 0) for name in names)
    assert all(sampled(name, 1) for name in names)


def test_every_tape_that_differs_is_kept_and_of_the_others_the_newest(tmp_path: Path) -> None:
    cycles = [
        (n, Interest.DIFFERS if n % 9 == 0 else Interest.KNOWN if n % 9 == 1 else Interest.AGREES) for n in range(90)
    ]
    shelve(tmp_path, Retention(sample=0, newest=5), *cycles)
    names = [kept.name for kept in listed(tmp_path)]
    assert sum("-differs" in name for name in names) == 10
    assert sum("-known" in name for name in names) == 10
    assert [name for name in names if "-" not in name[2:]] == [f"c-00{n}.tape.gz" for n in range(85, 90)]


def test_a_shelf_that_is_full_lets_go_of_the_dullest_and_its_file_shrinks(tmp_path: Path) -> None:
    cycles = [(n, Interest.AGREES if n % 2 else Interest.DIFFERS) for n in range(40)]
    rules = Retention(megabytes=0.08, sample=1, newest=2)
    tape_store = TapeStore(tmp_path, rules, lambda: 100.0)
    for number, interest in cycles:
        tape_store.keep(f"c-{number:04}", tape(number, noise(number)), {}, {}, interest=interest)
    tape_store.close()
    assert tape_store.size() <= 80_000
    left = [kept.interest for kept in listed(tmp_path)]
    assert left.count(Interest.DIFFERS) > left.count(Interest.AGREES)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 80_000


def test_what_is_too_old_goes_whatever_was_on_it(tmp_path: Path) -> None:
    shelve(tmp_path, Retention(), (1, Interest.DIFFERS), (2, Interest.DIFFERS), now=1.5 + 14 * DAY)
    assert [kept.name for kept in listed(tmp_path)] == ["c-0002-differs.tape.gz"]


def test_a_screen_that_many_tapes_show_is_stored_once(tmp_path: Path) -> None:
    shelve(tmp_path / "one", Retention(), (1, Interest.DIFFERS), text=noise(1))
    shelve(tmp_path / "many", Retention(), *((n, Interest.DIFFERS) for n in range(1, 50)), text=noise(1))
    assert (tmp_path / "many" / "screens.sqlite").stat().st_size <= 2 * (
        tmp_path / "one" / "screens.sqlite"
    ).stat().st_size


def test_nobody_else_may_read_what_is_kept(tmp_path: Path) -> None:
    shelve(tmp_path, Retention(), (1, Interest.DIFFERS))
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_next_shelf_goes_on_and_lets_go_of_screens_without_a_tape(tmp_path: Path) -> None:
    shelve(tmp_path, Retention(), (1, Interest.DIFFERS), (2, Interest.KNOWN))
    (tmp_path / "c-0001-differs.tape.gz").unlink()
    tape_store = TapeStore(tmp_path, Retention(), lambda: 100.0)
    tape_store.close()
    assert tape_store._store.tapes() == {"c-0002-known.tape.gz"}
    path = tape_store.find("c-0002")
    assert path is not None
    assert read_tape(path).tape == tape(2, "screen 2")
    assert tape_store.find("c-0001") is None


def test_a_disk_that_is_full_costs_a_picture_and_not_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    tape_store = TapeStore(tmp_path, Retention(), lambda: 100.0)
    with monkeypatch.context() as patched:
        patched.setattr("rollout.loop.tape_store.write_tape", full)
        tape_store.keep("c-1", tape(1), {}, {}, interest=Interest.DIFFERS)
        tape_store._worker.submit(lambda: None).result()
    tape_store.keep("c-2", tape(2), {}, {}, interest=Interest.DIFFERS)
    tape_store.close()
    assert [kept.name for kept in listed(tmp_path)] == ["c-2-differs.tape.gz"]


def test_what_a_cycle_differs_in_says_what_its_tape_is_worth() -> None:
    (unexpected,) = compare(one_pane("idle"), one_pane("busy"))
    expected = unexpected.model_copy(update={"expected": "quiet-work"})
    assert interest_of([]) is Interest.AGREES
    assert interest_of([expected]) is Interest.KNOWN
    assert interest_of([expected, unexpected]) is Interest.DIFFERS


def one_pane(state: str) -> CycleReport:
    verdict = AgentVerdict(
        pane="%1", pid=1, session="s", window="w", window_index=0, role=AgentRole.WORKER, agent="claude",
        state=AgentState(state), since=0.0, why=Why(rule=state),
    )  # fmt: skip
    return CycleReport(cycle="c", monitor="m", version="1", verdicts={"%1": verdict})
