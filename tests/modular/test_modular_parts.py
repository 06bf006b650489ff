"""The small rooms, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import BUSY, IDLE, RULE, SHELL, SIGN, pane
from hypothesis import given
from hypothesis import strategies as st

from modular.engine_memory import EngineMemory, recalled
from modular.intents import drafts, recovery
from modular.intents.drafts import DraftMemory
from modular.intents.fleet_view import FleetView, managers_of, teams_of
from modular.intents.limits import UsageLimits
from modular.intents.notifications import StandingNotice, due_at, reminded, stands
from modular.memory import AgentMemory
from modular.reading import crash
from modular.reading.classifier import Reading, classify
from modular.reading.discovery import Sighting, discover, named_as_agent, role_of, runs_or_ran
from modular.reading.identity import identify
from modular.reading.ink import cells
from modular.reading.processes import Front, front
from modular.rulebook.book import shipped
from modular.tracking.tracker import FORGET_S, lose, track
from understudy import AgentRole, AgentState
from understudy.intents import Notice

if TYPE_CHECKING:
    from understudy import PaneShot

NOW = 1_000_000.0


def remembered(**changes: object) -> AgentMemory:
    fields: dict[str, object] = {
        "pane": "%1",
        "pid": 1,
        "session": "team",
        "window": "claude-worker",
        "role": AgentRole.WORKER,
        "agent": "claude",
        "state": AgentState.IDLE,
        "since": NOW,
        "rule": "claude.composer.empty",
    }
    return AgentMemory.model_validate(fields | changes)


def reading(state: AgentState, **changes: object) -> Reading:
    fields: dict[str, object] = {"detail": None, "rule": "r", "lines": (), "agent": "claude"}
    return Reading(state, **(fields | changes))


# --- who is in front --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "who"),
    [
        (("bash", "claude"), Front.AGENT),
        (("bash", "claude", "bash", "sleep"), Front.AGENT),
        (("bash", "node", "codex"), Front.AGENT),
        (("zsh", "node"), Front.PROGRAM),
        (("bash", "vim"), Front.PROGRAM),
        (("-bash",), Front.SHELL),
        (("login", "zsh"), Front.SHELL),
        (("/usr/bin/fish",), Front.SHELL),
        ((), Front.UNSEEN),
    ],
)
def test_the_processes_say_who_is_in_front(chain: tuple[str, ...], who: Front) -> None:
    assert front(chain, shipped()) is who


def test_a_dead_pane_is_crashed_whatever_stands_on_it() -> None:
    assert classify([pane("%1", BUSY, dead=True)]).state is AgentState.CRASHED


def test_a_pane_that_vanished_is_unknown_even_where_it_is_dead() -> None:
    assert classify([pane("%1", "", dead=True, vanished=True)]).state is AgentState.UNKNOWN


def test_the_program_in_front_outranks_the_prompt_on_the_screen() -> None:
    assert classify([pane("%1", SHELL)]).state is not AgentState.CRASHED


def test_nothing_to_classify_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="nothing to classify"):
        classify([])


@pytest.mark.parametrize(
    "row",
    [
        "me@box:~/p$ ",
        "root@c1:/app# ",
        "[me@box src]$ ",
        "$",
        "%",
        "bash-5.2$ ",
        "me@mac src % ",
        "(venv) me@box:~$ ",
        "vscode \u279c /work (main) $ ",
        "\u279c  garden git:(main) ",
        "PS C:\\work> ",
    ],
)
def test_a_prompt_at_the_very_bottom_is_one(row: str) -> None:
    assert crash.prompt_at_bottom(["some output", row, "", ""]) == row


@pytest.mark.parametrize(
    "row",
    ["45%", "</div>", "abc #", "It costs 5 $", "me@box:~/p$ make", "> ", "\u276f ", "Run bash-5.2$ again", ">>> ", ""],
)
def test_what_only_looks_like_a_prompt_is_none(row: str) -> None:
    assert crash.prompt_at_bottom(["some output", row]) is None


# --- which panes are agents -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["claude-x", "Claude-pm", "pm", "QA", "my-developer", "npm-run", "backend-2"])
def test_the_incumbents_names_are_agents(name: str) -> None:
    assert named_as_agent(name)


@pytest.mark.parametrize("name", ["writer", "bash", "orchestrator", "myclaude-x", "reviewer"])
def test_other_names_are_none(name: str) -> None:
    assert not named_as_agent(name)


def test_managers_are_told_by_name() -> None:
    assert [role_of(name) for name in ("Claude-pm", "project-manager", "qa")] == [
        AgentRole.MANAGER,
        AgentRole.MANAGER,
        "worker",
    ]


def found(*panes: PaneShot) -> list[str]:
    book = shipped()
    keyed = {one.key: one for one in panes}
    sightings = discover(keyed, {}, lambda _, shot, agent: runs_or_ran(shot, agent, book)).values()
    return [sighting.shot.pane for sighting in sightings]


def test_any_cli_in_the_processes_makes_an_agent_whatever_the_window_is_called() -> None:
    assert found(pane("%1", window="notes", processes=("zsh", "aider"))) == ["%1"]


def test_a_cli_behind_an_interpreter_is_told_by_its_screen() -> None:
    gemini = "✦ Done.\n" + "▄" * 40 + "\n > Type your message or @path/to/file\n" + "▀" * 40 + "\n"
    assert found(pane("%1", gemini, window="notes", processes=("bash", "node"))) == ["%1"]
    assert found(pane("%1", "listening on :8080\n", window="notes", processes=("bash", "node"))) == []


@pytest.mark.parametrize("window", ["codex", "aider-2", "claude-dev", "gemini", ""])
def test_the_windows_name_never_says_which_cli_it_is(window: str) -> None:
    for processes, who in ((("bash", "claude"), "claude"), (("bash", "node", "codex"), "codex"), (("bash",), "shell")):
        assert classify([pane("%1", SHELL, window=window, processes=processes)]).agent == who
    assert classify([pane("%1", "", window=window, processes=("bash", "node"))]).agent == "unknown"


def test_a_cli_by_its_looks_whose_rules_fit_nothing_is_read_as_one_that_nobody_knows() -> None:
    box = "Auggie by Augment Code\n\n  the answer\n\n" + f"{RULE}\n{SIGN} \n{RULE}\n"
    shown = {"processes": ("bash", "node", "newcli")}
    assert classify([pane("%1", box, **shown)]).state is AgentState.IDLE
    assert classify([pane("%1", "Auggie by Augment Code\n\n  ?\n", **shown)]).state is AgentState.UNKNOWN


def test_a_pager_that_shows_an_agents_screen_is_none() -> None:
    assert found(pane("%1", IDLE, window="notes", processes=("bash", "less"))) == []


def test_in_a_split_window_the_name_speaks_for_the_active_pane_alone() -> None:
    shell = {"window_id": "@1", "processes": ("bash",), "ansi": SHELL}
    assert found(pane("%1", active=False, **shell), pane("%2", active=True, **shell)) == ["%2"]


def test_in_a_split_window_the_name_says_nothing_where_another_pane_is_the_agent() -> None:
    shell = pane("%2", SHELL, window_id="@1", processes=("bash",))
    assert found(pane("%1", window_id="@1", active=False), shell) == ["%1"]


def test_a_respawned_pane_is_another_agent() -> None:
    assert pane("%1", pid=1).key != pane("%1", pid=2).key


def test_the_cli_last_seen_behind_an_interpreter_stays_the_one_while_its_marks_stand() -> None:
    quoting = "✦ Claude Code v3 says:\n⏺ Hello\n⎿ Welcome to Claude Code\n"
    shot = pane("%1", quoting, processes=("bash", "node"))
    chain = ("bash", "node")
    assert identify(shot, chain, shipped()) == "claude"
    assert identify(shot, chain, shipped(), last_agent="gemini") == "gemini"


# --- from one look to the next ----------------------------------------------------------------------------------------


def sighting(**changes: object) -> Sighting:
    shot = pane("%1", **changes)
    return Sighting(shot, AgentRole.WORKER, "claude", shot.key)


def test_since_stands_as_long_as_the_state_does() -> None:
    first = track(None, sighting(), reading(AgentState.IDLE), NOW)
    assert track(first, sighting(), reading(AgentState.IDLE), NOW + 10).since == NOW
    assert track(first, sighting(), reading(AgentState.BUSY), NOW + 10).since == NOW + 10


def test_idle_is_newly_until_the_screen_stood_still_for_a_look() -> None:
    first = track(None, sighting(), reading(AgentState.IDLE), NOW)
    second = track(first, sighting(), reading(AgentState.IDLE), NOW + 10)
    assert (first.detail, second.detail) == ("newly", "continuously")
    assert track(second, sighting(ansi="other"), reading(AgentState.IDLE), NOW + 20).detail == "newly"


def test_an_agent_about_which_nothing_changed_is_the_same_object() -> None:
    agent = track(None, sighting(), reading(AgentState.IDLE), NOW)
    agent = track(agent, sighting(), reading(AgentState.IDLE), NOW + 10)
    assert track(agent, sighting(), reading(AgentState.IDLE), NOW + 20) is agent


def test_a_lost_pane_is_missing_since_its_first_absence_and_forgotten_in_the_end() -> None:
    known = {"%1/1": remembered()}
    lost = lose(known, [], NOW)
    assert lose(lost, [], NOW + 60)["%1/1"].missing_since == NOW
    assert lose(lost, [], NOW + FORGET_S) == {}


def test_nobody_misses_an_agent_whose_pane_lives_on_or_that_had_crashed() -> None:
    assert lose({"%1/1": remembered()}, [pane("%1", pid=2)], NOW) == {}
    assert lose({"%1/1": remembered(state=AgentState.CRASHED)}, [], NOW) == {}


@pytest.mark.parametrize("stored", [None, {}, [], "?", {"version": 1}, {"version": 2, "agents": {"a": 1}}])
def test_memory_that_cannot_be_read_is_a_first_day(stored: object) -> None:
    assert recalled(stored) == EngineMemory()


# --- notices ----------------------------------------------------------------------------------------------------------


def look(*agents: AgentMemory, now: float = NOW) -> FleetView:
    known = {agent.key: agent for agent in agents}
    readings = {key: reading(agent.state) for key, agent in known.items()}
    return FleetView(now, known, readings=readings, teams=teams_of(agents), managers=managers_of(agents))


@given(st.lists(st.tuples(st.sampled_from(AgentState), st.floats(0.5, 4000)), max_size=60))
def test_an_ordinal_rises_by_one_only_when_due_and_begins_anew_with_each_cause(
    looks: list[tuple[AgentState, float]],
) -> None:
    now, stood = NOW, None
    for state, wait in looks:
        now += wait
        agent = remembered(state=state)
        notice = stands(agent.key, stood, agent, look(agent, now=now), UsageLimits(), ())
        if state is AgentState.UNKNOWN:
            assert notice is stood
        elif notice is not None and (stood is None or stood.about is not notice.about):
            assert notice == StandingNotice(about=notice.about, at=now)
        elif notice is not None and stood is not None:
            due = now >= due_at(stood)
            assert (notice.ordinal, notice.at) == ((stood.ordinal + 1, now) if due else (stood.ordinal, stood.at))
        stood = notice


def test_reminders_come_ever_later_and_at_least_hourly() -> None:
    notice, gaps = StandingNotice(about=Notice.IDLE, at=NOW), []
    for _ in range(6):
        gaps.append(due_at(notice) - notice.at)
        notice = reminded(notice, due_at(notice))
    assert gaps == [300, 600, 1200, 2400, 3600, 3600]


# --- a manager is replaced late, and rarely ---------------------------------------------------------------------------


def gone(**changes: object) -> AgentMemory:
    fields = {"role": AgentRole.MANAGER, "state": AgentState.CRASHED, "rule": "process.shell", "crash_looks": 3}
    return remembered(**(fields | changes))


LATER = NOW + recovery.GRACE_S
WORKER = remembered(pane="%2")


def may_spawn(manager: AgentMemory, *team: AgentMemory, spawned: tuple[float, ...] = ()) -> bool:
    shown = look(manager, *team, now=LATER)
    return recovery.may_spawn(manager, [manager, *team], recovery.RecoveryMemory(spawned=spawned), shown)


def test_a_manager_whose_process_is_gone_for_minutes_is_replaced() -> None:
    assert may_spawn(gone(), WORKER)


@pytest.mark.parametrize(
    "manager",
    [
        gone(crash_looks=2),
        gone(since=NOW + 1),
        gone(rule="shell.prompt"),
        gone(role=AgentRole.WORKER),
        gone(state=AgentState.ERROR),
        gone(state=AgentState.UNKNOWN),
    ],
)
def test_a_manager_that_may_be_there_is_not(manager: AgentMemory) -> None:
    assert not may_spawn(manager, WORKER)


def test_no_second_manager_beside_a_living_one_and_none_for_nobody() -> None:
    assert not may_spawn(gone(), WORKER, remembered(pane="%3", role=AgentRole.MANAGER))
    assert not may_spawn(gone())


def test_spawns_cool_down_and_end_after_three_an_hour() -> None:
    assert not may_spawn(gone(), WORKER, spawned=(LATER - 299,))
    assert may_spawn(gone(), WORKER, spawned=(LATER - 300,))
    assert not may_spawn(gone(), WORKER, spawned=(LATER - 1800, LATER - 1200, LATER - 600))


def test_only_the_second_attempt_presses_more_than_enter_and_none_presses_escape() -> None:
    assert [drafts.submit_keys(attempt) for attempt in range(1, 6)] == [
        ("Enter",),
        ("C-e", "Enter"),
        ("Enter",),
        ("Enter",),
        ("Enter",),
    ]


@pytest.mark.parametrize("changes", [{"agent": "unknown"}, {"rule": "unknown.composer.draft"}])
def test_a_draft_on_a_screen_that_no_rules_know_is_never_sent(changes: dict[str, str]) -> None:
    draft = DraftMemory(text="x", since=NOW, ours=True)
    known = remembered(state=AgentState.UNSUBMITTED_INPUT, rule="claude.composer.draft")
    assert drafts.submit_attempt(known, draft, NOW + 60) == 1
    assert drafts.submit_attempt(known.model_copy(update=changes), draft, NOW + 60) is None


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("[u-7f3a] Idle: qa is idle", True),
        ("[u-7\n│ f3a] Idle: qa", True),
        ("please look at the parser", False),
        ("see [u-xyz] and u-7f3a", False),
    ],
)
def test_a_draft_is_ours_by_the_token_that_every_delivery_carries(text: str, *, ours: bool) -> None:
    assert drafts.is_ours(text) is ours


# --- colours ----------------------------------------------------------------------------------------------------------


def muted(ansi: str) -> str:
    return "".join(cell.letter for row in cells(ansi, 9) for cell in row if cell.muted)


@pytest.mark.parametrize(
    "ansi",
    [
        "\x1b[2mx\x1b[22my",
        "\x1b[2mx\x1b[0my",
        "\x1b[90mx\x1b[39my",
        "\x1b[38;5;244mx\x1b[39my",
        "\x1b[38;2;108;112;134mx\x1b[39my",
        "\x1b[1;38:2:175:175:175mx\x1b[38;2;255;255;255my",
        "\x1b[2m\x1b]8;;http://a\x1b\\x\x1b]8;;\x1b\\\x1b[my",
    ],
)
def test_dim_and_medium_grey_are_muted_until_they_end(ansi: str) -> None:
    assert muted(ansi) == "x"


def test_a_colour_stands_across_line_ends() -> None:
    assert muted("\x1b[2ma\nb\x1b[0mc") == "ab"


@pytest.mark.parametrize("ansi", ["\x1b[38;2;200;40;40mx", "\x1b[38;5;9mx", "\x1b[38;2;238;238;238mx", "\x1b[30mx"])
def test_real_colours_white_and_black_are_not(ansi: str) -> None:
    assert muted(ansi) == ""


@given(st.text(alphabet="\x1b[]0123456789;:mKax\n "))
def test_no_sequence_of_escapes_breaks_the_reader(ansi: str) -> None:
    cells(ansi, 99)


@given(st.text(alphabet=st.sampled_from("─╭╮╰╯│┃╹▀▄\u276f\u203a>●✻⠋…$ %\n()12.aYesno?"), max_size=400))
def test_any_screen_gets_an_answer(text: str) -> None:
    assert classify([pane("%1", text)]).state in AgentState
