"""`replay --judge`: the spells of kept tapes, and what a plan makes of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import modular
from rollout.faces.cli.rule_age import rules_changed_at
from rollout.loop.routing.held_out import is_held_out
from rollout.store.settings import Settings
from tests.cli.test_cli_tapes import MONITORS
from tmuxio.tapes.tapefile import write_tape
from understudy import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
T0 = 1_800_000_000.0
CRASHING = f"""{MONITORS}
from understudy import Notice, NotifyManager

class Crashed(Calls):
    state = AgentState.CRASHED

class Teller(Crashed):
    def cycle(self, cycle, source, clock, scope, outcomes):
        found = super().cycle(cycle, source, clock, scope, outcomes)
        told = tuple(
            NotifyManager(
                pane=one.pane, pid=one.pid, target="%99", session=one.session, reason="gone", at=clock.now(),
                about=Notice.CRASH, text="gone",
            )
            for one in found.verdicts.values()
        )
        return found.model_copy(update={{"intents": told}})
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
    first, then = ["verdict", "scored", "wrong", "promotable_at", "unsafe_at", "reasons"], ["in_sample", "held_out"]
    more = ["clusters_open", "promotable_on", "unsafe_on", "began", "ended"]
    assert list(found["judgement"]) == [*first, *then, *more]
    assert (found["judgement"]["began"], found["judgement"]["ended"]) == tuple(
        f"2027-01-15T08:00:{second}.900000Z" for second in ("00", "12")
    )
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
        (("--held-out", "0.3"), "need --judge"),
        (("--show", "d-1"), "need --judge"),
        (("--judge", "--held-out", "1.5"), "--held-out 1.5: give a share of the leases between 0 and 1, such as 0.3"),
        (("--judge", "--show", "d-nothing"), "no bout of these tapes has the cluster d-nothing; there are: d-"),
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


def test_rules_older_than_every_tape_are_out_of_sample(understudy: Shell, tapes: Path) -> None:
    assert changed(understudy, T0 - 3600)["in_sample"] is False
    assert "Out of sample: the candidate's rules (changed 20" in understudy("replay", tapes, *BOTH, "--judge").out


@pytest.mark.parametrize(("at", "says"), [(6.0, "newer than some of these tapes"), (3600.0, "newer than these tapes")])
def test_rules_newer_than_a_tape_are_in_sample(understudy: Shell, tapes: Path, at: float, says: str) -> None:
    assert changed(understudy, T0 + at)["in_sample"] is True
    said = understudy("replay", tapes, *BOTH, "--judge").out
    assert "In sample: the candidate's rules (changed 20" in said
    assert says in said


def test_a_rule_file_of_ones_own_counts(understudy: Shell, tapes: Path) -> None:
    assert changed(understudy, T0 - 3600)["in_sample"] is False
    os.utime(understudy.write("own/mine.toml", ""), (T0 + 6, T0 + 6))
    asked = ("replay", tapes, "--monitor", "mine:Idle", "--monitor", "mine:Crashed@own", "--judge", "--json")
    assert understudy(*asked).json["judgement"]["in_sample"] is True


@pytest.mark.parametrize("name", ["cmd:./mine --flag", "no_such_module:Mine"])
def test_the_age_of_the_rules_of_a_program_or_of_a_module_that_is_not_found_is_not_known(name: str) -> None:
    assert rules_changed_at(name, Settings()) is None


def test_the_rules_of_a_package_are_as_old_as_its_newest_file() -> None:
    assert rules_changed_at("modular", Settings()) == max(
        path.stat().st_mtime for path in Path(modular.__file__).parent.rglob("*") if path.suffix in {".py", ".toml"}
    )


def changed(understudy: Shell, at: float) -> Any:
    """Date the monitors' module, and judge."""
    os.utime(understudy.folder / "mine.py", (at, at))
    return understudy("replay", understudy.folder / "kept", *BOTH, "--judge", "--json").json["judgement"]


def test_it_says_why_it_would_not_be_ready_and_the_span_of_the_tapes(understudy: Shell, tapes: Path) -> None:
    said = understudy.real("replay", tapes, *BOTH, "--judge", env={"TZ": "UTC-3"}).out
    assert "With these tapes it would not be ready for canary: " in said
    assert "The tapes cover Friday 2027-01-15 11:00 +0300 to Friday 2027-01-15 11:00 +0300." in said


def test_it_says_when_it_would_be_ready_and_the_clusters_that_stop_it(understudy: Shell, tapes: Path) -> None:
    asked = (
        "replay",
        tapes,
        "--monitor",
        "mine:Idle",
        "--monitor",
        "mine:Teller",
        "--judge",
        "--plan",
        easy(understudy),
    )
    found = understudy(*asked, "--json").json["judgement"]
    (cluster,) = found["clusters_open"]
    assert (found["verdict"], found["promotable_on"]) == ("promotable", "2027-01-15T08:00:12.900000Z")
    said = understudy(*asked).out
    ready = "it would be ready for canary on Friday 2027-01-15 "
    assert f"; this cluster stops it: {cluster}." in said.partition(ready)[2].partition("\n")[0]
    assert f"the same command with --show {cluster}" in said
    shown = understudy(*asked, "--show", cluster)
    assert "notify_manager:crash" in shown.out
    assert "the pane (" in shown.out
    assert "done" in understudy(*asked, "--show", cluster.removeprefix("d-"), "--json").json["shown"]["screen"]


def test_with_a_held_out_share_its_leases_alone_are_judged(understudy: Shell, tapes: Path) -> None:
    every = understudy("replay", tapes, *BOTH, "--judge", "--json").json
    for share in (0.01, 0.99):
        kept = is_held_out("s", T0, share=share, lease_s=1800)
        found = understudy("replay", tapes, *BOTH, "--judge", "--json", "--held-out", str(share)).json
        assert (found["judgement"]["held_out"], found["judgement"]["scored"]) == (share, 40 if kept else 0)
        assert found["spells"] == (every["spells"] if kept else [])
    said = understudy("replay", tapes, *BOTH, "--judge", "--held-out", "0.99").out
    assert "Judged on the held-out leases alone: 1 of 1, chosen by a hash for a share of 0.99." in said


def easy(understudy: Shell) -> Path:
    """A plan that asks for little."""
    states = "".join(f"states.{name}.required = false\n" for name in ("busy", "idle", "waiting_approval"))
    rates = "".join(f"guardrails.{name}.promote = 0.2\n" for name in ("wrong", "worse"))
    return understudy.write("easy.toml", states + rates + "guardrails.duty.dry_run = true\n")
