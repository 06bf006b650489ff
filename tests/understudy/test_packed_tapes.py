import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy import Frame, PaneShot, Tape
from understudy.tapes import PackedTape, TornTape, pack, screen_hash, unpack


def shot(number: int, ansi: str) -> PaneShot:
    return PaneShot(
        pane=f"%{number}",
        pid=100 + number,
        session="s",
        session_id="$1",
        session_created=1,
        window_id=f"@{number}",
        window_index=number,
        window="w",
        ansi=ansi,
    )


TAPES = st.builds(
    lambda screens: Tape(
        id="t-1",
        frames=tuple(
            Frame(at=1e9 + i / 4, panes=tuple(shot(n, ansi) for n, ansi in enumerate(row)))
            for i, row in enumerate(screens)
        ),
    ),
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=4), min_size=1, max_size=4
    ),
)


@given(TAPES)
def test_a_tape_survives_packing_and_json(tape: Tape) -> None:
    assert unpack(PackedTape.model_validate_json(pack(tape).model_dump_json())) == tape


def test_a_screen_that_stands_still_is_carried_once() -> None:
    frames = tuple(Frame(at=float(i), panes=(shot(1, "still"), shot(2, "still"))) for i in range(4))
    assert pack(Tape(id="t", frames=frames)).screens == {screen_hash("still"): "still"}


def test_a_screen_that_is_missing_is_named() -> None:
    packed = pack(Tape(id="t", frames=(Frame(at=1.0, panes=(shot(1, "a"),)),)))
    with pytest.raises(TornTape, match="pane %1 names screen"):
        unpack(packed.model_copy(update={"screens": {}}))


def test_a_screen_that_was_tampered_with_is_named() -> None:
    packed = pack(Tape(id="t", frames=(Frame(at=1.0, panes=(shot(1, "a"),)),)))
    with pytest.raises(TornTape, match="does not match its name"):
        unpack(packed.model_copy(update={"screens": {screen_hash("a"): "b"}}))
