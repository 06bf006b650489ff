"""The monolith against what the original did, where the files that tell it lie beside the repository."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import STILL, screen
from tests.legacy.original import FOLDER, acts_of, as_typed, document, states_of, told_of
from tests.legacy.player import STATE_WORDS, Play, load, play
from understudy import NotifyManager, SessionEntry, SubmitDraft, VirtualClock, WindowEntry
from understudy.outcomes import EVERYTHING

WORLDS = load((Path(__file__).parent / "original_worlds.toml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the original's recordings are not beside this repository")

BOOT = {
    "ladder_error_after_idle_does_not_reset",
    "ladder_workers_without_ui",
    "one_failed_capture_of_the_pm",
    "pm_crashed_respawn_ok",
}
"""Row `boot` of docs/legacy-fidelity.md: what a cycle that spawns a manager has to say to it comes one cycle later."""

CALLS = {"two_sessions_one_dead_pm", "tmux_down_at_last_sample", "mixed_team"}
"""Row `calls`: beside each play that spawned, or slept for a limit."""

THERE = {"pm_crashed_respawn_ok": "s:0", "pm_crashed_respawn_never_up": "s:0"}
"""Row `there`: a manager that is about to be replaced is called what it is, not what its killed window looked like."""

Line = tuple[float, str, str | None, str]


def played(name: str, scenario: dict[str, Any]) -> Play:
    times = {"until_s": scenario["virtual_s"], "interval_s": scenario["interval_s"], "start": scenario["start_utc"]}
    return play({**WORLDS[name], **times})


def rounded(lines: Sequence[Any]) -> list[Any]:
    return [(round(line[0], 1), *line[1:]) for line in lines]


def is_error(act: Line) -> bool:
    return act[1] == "send" and act[3].startswith("error")


def test_every_scenario_of_the_original_has_a_world_here() -> None:
    assert set(WORLDS) == set(document()["scenarios"])


@pytest.mark.parametrize("name", WORLDS)
def test_a_scenario_of_the_original_gives_the_same_acts_and_states_at_the_same_times(name: str) -> None:
    scenario = document()["scenarios"][name]
    result = played(name, scenario)
    acts, states = as_typed(result)
    # the original was stopped in mid-cycle; a cycle that has begun here is played to its end
    acts = told_of([act for act in acts if act[0] <= scenario["virtual_s"]])
    states = [state for state in states if state[0] <= scenario["virtual_s"]]
    wanted, wanted_states = told_of(rounded(acts_of(scenario))), rounded(states_of(scenario))
    if there := THERE.get(name):
        wanted_states = [(t, at, "crashed" if at == there else state) for t, at, state in wanted_states]
    if not any(is_error(act) for act in wanted):  # some scenarios do not list them
        acts = [act for act in acts if not is_error(act)]
    if name in BOOT:
        spawned = next(act[0] for act in wanted if act[1] == "new-window")
        before = [act for act in wanted if act[0] <= spawned]
        assert acts[: len(before)] == before
        after, late = ([a for a in of if a[0] > spawned and not is_error(a)] for of in (wanted, acts))
        assert [act[1:] for act in late] == [act[1:] for act in after]
        assert all(abs(a[0] - b[0]) <= 4.0 for a, b in zip(late, after, strict=True))
        # a look at the same state falls to one side or the other of those four seconds
        called = {state[1:] for state in wanted_states}
        if name == "one_failed_capture_of_the_pm":  # row `there`: it was busy, and is
            called.remove(("s:0", "error"))
        assert {state[1:] for state in states} == called
        return
    assert acts == wanted
    if wanted_states:  # some scenarios do not list them either
        assert [state[1:] for state in states] == [state[1:] for state in wanted_states]
        late = 4.0 if name == "rate_limit_pm_itself" else 0.0  # row `resume`
        assert all(b[0] - a[0] in {0.0, late} for a, b in zip(states, wanted_states, strict=True))


@pytest.mark.parametrize("name", [name for name in WORLDS if name not in BOOT])
def test_the_cycles_begin_when_those_of_the_original_began(name: str) -> None:
    scenario = document()["scenarios"][name]
    starts = played(name, scenario).starts[:40]
    slept = [(event["t"] + event["seconds"]) for event in scenario["events"] if event["detail"] == "rate-limit"]
    for ours, its in zip(starts, scenario["cycle_starts"], strict=True):
        # after a limit the resumption was typed before the cycle began; now it is its first intent
        typed = (
            4.0 if any(abs(ours - end) <= 4.0 for end in slept) or (slept and name == "rate_limit_pm_itself") else 0.0
        )
        assert ours == pytest.approx(its - typed, abs=0.06) or ours == pytest.approx(its, abs=0.06)


@pytest.mark.parametrize("name", WORLDS)
def test_a_scenario_costs_the_calls_of_tmux_that_it_cost_the_original(name: str) -> None:
    scenario = document()["scenarios"][name]
    details = {event["action"] for event in scenario["events"]} | {event["detail"] for event in scenario["events"]}
    if details & {"new-window", "rate-limit"} or name in CALLS:
        return
    calls = played(name, scenario).world.calls
    assert calls == {call: scenario["tmux_calls"][call] for call in calls}


class Screens:
    """A live idle manager beside one agent that shows these screens."""

    def __init__(self, clock: VirtualClock, looks: Sequence[str]) -> None:
        self.clock, self.looks = clock, looks

    def sessions(self) -> list[SessionEntry]:
        return [SessionEntry("s", "0", "0")]

    def windows(self, session: str) -> list[WindowEntry]:
        assert session == "s"
        return [WindowEntry("0", "Claude-pm", True, "%0", 1), WindowEntry("1", "claude-dev", False, "%1", 2)]

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        self.clock.sleep(gap_s * (looks - 1))
        return [STILL["idle"]] * looks if target == "s:0" else self.looks[-looks:]


ITS_WORDS = {
    "error": "send:recovery-needed",
    "crash": "send:agent-failure",
    "idle": "queue:idle",
    "fresh": "queue:fresh",
}


def one_cycle(monitor: LegacyMonitor, clock: VirtualClock, looks: Sequence[str]) -> tuple[str, list[str]]:
    """Give the state in the original's words, and what is newly wanted about the agent."""
    began = clock.now()
    report = monitor.cycle("c", Screens(clock, looks), clock, EVERYTHING, ())
    acts: list[str] = []
    for intent in report.intents:
        if intent.pane != "%1" or intent.at < began:
            continue
        if isinstance(intent, NotifyManager):
            alert = intent.about == "crash" and intent.section is not None
            acts.append("queue:crash-alert" if alert else ITS_WORDS.get(str(intent.about), str(intent.about)))
        elif isinstance(intent, SubmitDraft):
            acts += [f"key:{key}" for key in intent.keys]
        else:
            acts.append(intent.kind.replace("_", "-"))
    return STATE_WORDS[report.verdicts["%1"].why.rule], sorted(acts)


def test_every_recorded_screen_gets_the_verdict_and_the_acts_of_the_original_over_two_cycles() -> None:
    screens = {row["id"]: row["screen"] for row in rows("screens-dev.jsonl")}
    for row in rows("legacy-verdicts-dev.jsonl"):
        monitor, clock = LegacyMonitor(), VirtualClock(datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp())
        text = screens[row["id"]]
        if row["full_cycle"][0]["state"] == "rate_limited":
            assert one_cycle(monitor, clock, [text] * 4)[0] == "rate_limited", row["id"]
            continue
        for cycle in ("cycle1", "cycle2"):
            state = f"{row[cycle]['state']} {row[cycle]['idle'] or ''}".rstrip()
            assert one_cycle(monitor, clock, [text] * 4) == (state, sorted(row[cycle]["actions"])), (row["id"], cycle)
            clock.sleep(10 - 1.8)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").split("\n") if line]


def changed(text: str, count: int) -> str:
    """Change so many letters of one of the last fifty lines, such that the screen means what it meant."""
    judge = LegacyMonitor()
    lines = text.strip().split("\n")
    for number in range(len(lines) - 1, max(-1, len(lines) - 51), -1):
        places = [place for place, letter in enumerate(lines[number]) if letter.isalpha() and letter.isascii()]
        letters = list(lines[number])
        for place in places[:count]:
            letters[place] = "x" if letters[place] != "x" else "y"
        later = "\n".join([*lines[:number], "".join(letters), *lines[number + 1 :]])
        same = all(
            reads(judge._tail(text, 50)) == reads(judge._tail(later, 50))
            for reads in (judge._is_claude_interface_present, judge._detect_claude_state)
        )
        if len(places) >= count and same:
            return later
    return text


def test_every_recorded_screen_moves_where_it_moved_for_the_original() -> None:
    screens = {row["id"]: row["screen"] for row in rows("screens-dev.jsonl")}
    clock = VirtualClock(datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp())
    for row in rows("legacy-verdicts-dev.jsonl"):
        text = screens[row["id"]]
        moved = {
            "append": text.rstrip() + "\none more line of text",
            "one_char": changed(text, 1),
            "two_chars": changed(text, 2),
        }
        for kind, later in moved.items():
            if later == text or row["full_cycle"][0]["state"] == "rate_limited":
                continue
            report = LegacyMonitor().cycle("c", Screens(clock, [text, text, later, later]), clock, EVERYTHING, ())
            verdict = report.verdicts["%1"]
            # where the interface is missing, or a draft stands, motion does not change the verdict
            if verdict.why.rule in {"R1", "R2"} or verdict.why.rule.startswith("R6"):
                active = row["motion"][kind] or row["content_active"]
                assert (verdict.state == "busy") == active, (row["id"], kind)
            if kind != "append":
                assert STATE_WORDS[verdict.why.rule].split(" ")[0] == row["motion_state"][kind], (row["id"], kind)


def test_the_names_of_windows_count_as_they_counted_for_the_original() -> None:
    for row in document()["discovery"]:
        world = load("")
        world.update(windows=[f"s:0 {row['name'].replace(' ', '_')} idle"], until_s=1)
        monitor = LegacyMonitor()
        result = play(world)
        assert bool(result.reports[0].verdicts) == row["agent"], row["name"]
        assert monitor._is_manager_name(row["name"]) == row["pm_in_session"] == row["killed_by_pm_spawn"], row["name"]
        spawned = any(intent.kind == "spawn_manager" for intent in result.reports[0].intents)
        if row["agent"]:
            assert spawned != row["pm_global"], row["name"]
        # beside an agent, so that the recovery has somebody to recover for
        world["windows"] = ["a:0 claude-dev busy", *(line.replace("s:0", "s:0") for line in world["windows"])]
        spawned = any(intent.kind == "spawn_manager" for intent in play(world).reports[0].intents)
        assert spawned != row["pm_global"], row["name"]


def test_times_of_reset_are_read_and_slept_until_as_the_original_did() -> None:
    tables, monitor = document()["tables"], LegacyMonitor()
    for row in tables["rate_limit_sleep"]:
        at = datetime.fromisoformat(f"2026-03-05T{row['now']}+00:00").timestamp()
        monitor._clock = VirtualClock(at)
        assert monitor._seconds_until(row["reset"]) == row["sleep_s"], row
    for row in tables["rate_limit_parse"]:
        text = f"Claude usage limit reached. Your limit will reset at {row['after_phrase']}"
        assert monitor._limit_reset(text) == row["parsed"], row


def test_changes_score_as_they_scored_for_the_original() -> None:
    lines = [f"line {number}" for number in range(1, 13)]
    cases = {
        "equal": (lines[:10], lines[:10]),
        "one line more": (["a", "b", "c"], ["a", "b", "c", "d"]),
        "ten chars differ": (["-" * 30], ["x" * 10 + "-" * 20]),
        "eleven chars differ": (["-" * 30], ["x" * 11 + "-" * 19]),
        "line 6 from the bottom differs": (lines[:10], [*lines[:4], "other", *lines[5:10]]),
        "trailing spaces": (lines[:10], [*lines[:9], lines[9] + "   "]),
    }
    scores = {row["case"]: row["score"] for row in document()["tables"]["change_score"]}
    for case, (before, after) in cases.items():
        assert LegacyMonitor._change_score("\n".join(before), "\n".join(after)) == scores[case], case


@pytest.mark.parametrize("row", range(11))
def test_a_cycle_costs_the_calls_that_it_cost_the_original(row: int) -> None:
    cost = document()["cycle_cost"][row]
    windows = ["s:0 Claude-pm busy"]
    if cost["workers"] == "29 shell windows":
        windows += [f"s:{number} zsh shell" for number in range(1, 30)]
    else:
        shows = {"busy": "busy", "error": "no-ui"}[cost["workers"]]
        windows += [f"s:{number} claude-{number} {shows}" for number in range(1, cost["agents"])]
    result = play({"windows": windows, "until_s": cost["seconds"] + 0.05, "interval_s": 10_000})
    assert result.world.calls == {call: cost["calls"][call] for call in result.world.calls}


def test_the_screens_drawn_here_mean_what_the_originals_tables_call_them() -> None:
    tables = document()["tables"]
    drawn = {"draft": "draft", "edit placeholder": "placeholder", "fresh empty": "fresh", "empty box": "idle"}
    for case, name in drawn.items():
        assert LegacyMonitor()._detect_claude_state(screen(name)(0)) == tables["draft_and_state"][case]["claude_state"]
