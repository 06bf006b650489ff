"""`replay --judge`: the spells of kept tapes, and what a plan makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli_tapes import MONITORS
from tmuxio.tapes.tapefile import write_tape
from understudy import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
T0 = 1_800_000_000.0
CRASHING = f"""{MONITORS}
class Crashed(Calls):
    state = AgentState.CRASHED
"""
BOTH = ("--monitor", "mine:Idle", "--monitor", "mine:Crashed")


def tape(number: int) -> Tape:
    """Forty panes in which an agent rests for two looks and is gone after that."""
    frames = tuple(
        Frame(at=T0 + 2 * number + 0.3 * frame, panes=tuple(shot(pane, gone=number > 1) for pane in range(1, 41)))
        for frame in range(4)
    )
    return Tape(id=f"t-{number}", frames=frames)


def shot(pane: int, *, gone: bool) -> PaneShot:
    return PaneShot(
        pane=f"%{pane}", pid=pane, session="s", session_id="$0", session_created=1, window_id="@0", window_index=pane,
        window="w", processes=("bash",) if gone else ("bash", "claude"), cursor_x=2, cursor_y=1,
        ansi="killed\n$ " if gone else "done\n> ",
    )  # fmt: skip


@pytest.fixture
def tapes(understudy: Shell) -> Path:
    understudy.write("mine.py", CRASHING)
    folder = understudy.folder / "kept"
    folder.mkdir()
    for number in range(7):
        write_tape(folder / f"t-{number}.tape.gz", tape(number))
    return folder


def test_the_json_has_the_judgement_and_every_spell(understudy: Shell, tapes: Path) -> None:
    said = understudy("replay", tapes, *BOTH, "--judge", "--json")
    assert said.code == 0, said.err
    found = said.json
    assert list(found["judgement"]) == ["verdict", "scored", "wrong", "promotable_at", "unsafe_at", "reasons"]
    assert (found["judgement"]["scored"], found["judgement"]["wrong"]) == (40, 0)
    assert found["judgement"]["unsafe_at"] is None
    one = found["spells"][0]
    assert {key: one[key] for key in ("named", "incumbent_right", "candidate_right")} == {
        "named": ["crashed"],
        "incumbent_right": False,
        "candidate_right": True,
    }
    assert (one["began"], one["ended"]) == ("2027-01-15T08:00:04.900000Z", "2027-01-15T08:00:12.900000Z")


def test_an_unsafe_candidate_is_held_in_shadow_and_rolled_back_later(understudy: Shell, tapes: Path) -> None:
    swapped = ("replay", tapes, "--monitor", "mine:Crashed", "--monitor", "mine:Idle", "--judge", "--json")
    shadow = understudy(*swapped).json["judgement"]
    assert (shadow["verdict"], shadow["promotable_at"]) == ("hold", None)
    assert shadow["unsafe_at"] is not None
    assert understudy(*swapped, "--stage", "beta").json["judgement"]["verdict"] == "rollback"


def test_a_plan_of_ones_own_says_what_is_enough(understudy: Shell, tapes: Path) -> None:
    states = "".join(f"states.{name}.required = false\n" for name in ("busy", "idle", "waiting_approval"))
    rates = "guardrails.wrong.promote = 0.2\nguardrails.worse.promote = 0.2\nguardrails.duty.dry_run = true\n"
    plan = understudy.write("easy.toml", states + rates)
    asked = ("replay", tapes, *BOTH, "--judge", "--plan", plan)
    found = understudy(*asked, "--json").json["judgement"]
    assert (found["verdict"], found["promotable_at"]) == ("promotable", 16)
    said = understudy(*asked, "--minimums", "--json").json["judgement"]
    assert said["promotable_at"] is None
    assert any("panes" in reason or "sessions" in reason or "hours" in reason for reason in said["reasons"])


def test_people_read_when_it_was_ready_or_unsafe_and_why(understudy: Shell, tapes: Path) -> None:
    said = understudy("replay", tapes, "--monitor", "mine:Crashed", "--monitor", "mine:Idle", "--judge")
    assert "Judged for leaving shadow: hold (40 spells named, 40 scored; the candidate was wrong in 40)" in said.out
    assert "unsafe after " in said.out
    assert "unsafe, held in shadow: " in said.out


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--plan", "demo"), "need --judge"),
        (("--judge", "--stage", "retired"), "name the stage to leave, one of shadow, canary, beta, production"),
    ],
)
def test_a_judgement_that_cannot_be_is_a_sentence(
    understudy: Shell, tapes: Path, asked: tuple[str, ...], says: str
) -> None:
    said = understudy("replay", tapes, *BOTH, *asked)
    assert (said.code, says in said.err) == (2, True), said.err


def test_the_same_tapes_are_judged_the_same(understudy: Shell, tapes: Path) -> None:
    asked = ("replay", tapes, *BOTH, "--judge", "--json", "--no-seconds")
    assert understudy(*asked).out == understudy(*asked).out
