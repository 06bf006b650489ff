"""Plugins through the running cycle: what they offer is used, and whoever fails is named in the report."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modular.service import MonitorService
from tests.modular.drawn_fleet import IDLE, DrawnSource, manager, pane
from understudy import EVERYTHING, CycleReport, NotifyManager, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer
    from understudy import PaneShot

pytest_plugins = ["tests.cli.shell"]

ROOT = Path(__file__).resolve().parents[2]

HEAD = "from modular.plugins import Batch, Plan, Plugin, hookimpl\nPLUGIN = Plugin(name='mine', version='1.0')\n"


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the one plugin of a folder that the engine is told of."""
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("UNDERSTUDY_PLUGINS", str(folder))

    def write(body: str) -> None:
        (folder / "mine.py").write_text(HEAD + body)
        (folder / "mine.py").chmod(0o600)

    return write


class Watching:
    def __init__(self) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self.source = DrawnSource(self.clock)
        self.service = MonitorService()

    def see(self, *panes: PaneShot) -> CycleReport:
        self.clock.sleep(10)
        if panes:
            self.source.show(*panes)
        return self.service.cycle("c", self.source, self.clock, EVERYTHING, ())


def texts(report: CycleReport) -> list[str]:
    return [intent_key.text for intent_key in report.intents if isinstance(intent_key, NotifyManager)]


SAYS = "@hookimpl\ndef understudy_notice_text(facts):\n    return {answer}\n"


def test_an_edit_is_heard_in_the_next_cycle_and_nothing_is_forgotten(plugin: Callable[[str], None]) -> None:
    plugin(SAYS.format(answer="'first words'"))
    watching = Watching()
    report = watching.see(pane("%1"), manager())
    assert texts(report) == ["first words"]
    assert report.version.startswith("1.1.0+plugins.")
    plugin(SAYS.format(answer="f'{facts.window}: other words'"))
    report = watching.see()
    assert texts(report) == ["claude-worker: other words"]
    assert [intent_key.ordinal for intent_key in report.intents] == [1]


def test_a_plugin_that_fails_at_work_is_a_problem_by_name_and_the_notice_goes_out(
    plugin: Callable[[str], None],
) -> None:
    plugin(SAYS.format(answer="None if facts.pane == '%2' else 1 / 0"))  # '%2' is whom it is tried with
    watching = Watching()
    report = watching.see(pane("%1"), manager())
    assert texts(report) == ["claude-worker (team, %1) is idle and can take work."]
    (problem,) = report.problems
    assert (problem.kind, problem.subject) == ("plugin_unusable", "mine")
    assert problem.text == "plugin mine: ZeroDivisionError: division by zero: mend it, or take it away"
    assert watching.see().version == "1.1.0", "it is in force no more"
    plugin(SAYS.format(answer="'mended'"))
    report = watching.see()
    assert (texts(report), report.problems) == (["mended"], ())


STRATEGY = """
class Alternating:
    name, learns = "alternating", True
    def plan(self, watched, now, budget):
        {body}
@hookimpl
def understudy_strategies():
    return [Alternating()]
"""
WAITS = (
    "return Plan((Batch(tuple(a.pane for a in watched if a.role == 'manager')),), "
    "tuple(a.pane for a in watched if a.role != 'manager'))"
)


def test_a_strategy_of_a_plugin_plans_the_looking(
    plugin: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(STRATEGY.format(body=WAITS))
    monkeypatch.setenv("UNDERSTUDY_STRATEGY", "alternating")
    watching = Watching()
    first = watching.see(pane("%1", IDLE), manager())
    assert first.verdicts["%1"].state == "idle", "who is new is looked at"
    second = watching.see()
    assert (second.verdicts["%1"].state, second.verdicts["%1"].why.rule) == ("unknown", "strategy.waits")
    assert second.verdicts["%9"].state == "busy"
    assert second.verdicts["%1"].since == pytest.approx(1_000_010.0)


@pytest.mark.parametrize("body", ["1 / 0", "return Plan(())"])
def test_a_strategy_that_fails_at_work_is_replaced_by_the_one_that_looks_at_everybody(
    plugin: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    # who plans for the fleet that it is tried with, and fails for the first real one
    plugin(STRATEGY.format(body=f"\n        if len(watched) == 3: {WAITS}\n        {body}"))
    monkeypatch.setenv("UNDERSTUDY_STRATEGY", "alternating")
    watching = Watching()
    watching.see(pane("%1"), manager())
    report = watching.see()
    assert {verdict.state for verdict in report.verdicts.values()} == {"idle", "busy"}
    assert "plugin mine: " in report.problems[0].text
    assert watching.see().verdicts["%1"].state == "idle"


def test_a_strategy_that_is_not_there_is_said_and_everybody_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_STRATEGY", "prioritty")
    report = Watching().see(pane("%1"), manager())
    assert report.verdicts["%1"].state == "idle"
    assert report.problems[0].text == (
        "there is no strategy prioritty, everybody is looked at: "
        "set `strategy` to one of async_polling, concurrent, polling, priority"
    )


def test_rules_of_a_plugin_lie_over_those_that_ship(plugin: Callable[[str], None], tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "digger.toml").write_text(
        'agent = "digger"\nprocesses = ["digger"]\n'
        '[[rule]]\nid = "digger.busy.shovel"\nstate = "busy"\nregion = "bottom"\nany = ["^shovelling"]\n'
    )
    plugin(f"@hookimpl\ndef understudy_rule_packs():\n    return [{str(pack)!r}]\n")
    report = Watching().see(pane("%1", "shovelling 3 of 9\n", processes=("bash", "digger")), manager())
    assert (report.verdicts["%1"].agent, report.verdicts["%1"].why.rule) == ("digger", "digger.busy.shovel")


def test_the_worked_plugin_of_the_page_works(understudy: Shell, tmux_server: TmuxServer) -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", page, re.DOTALL):
        understudy.write(name, text).chmod(0o600)
        (understudy.folder / name).parent.chmod(0o700)
    screen = tmux_server.folder / "screen"
    screen.write_text(IDLE)
    actor = f"{sys.executable} -c \"print(open('{screen}').read(), end='', flush=True); input()\""
    for window in ("claude-qa", "Claude-pm"):
        tmux_server.wait_for(tmux_server.new_window(actor, session="team", name=window), "for shortcuts")
    (calls,) = re.findall(r"<!-- run -->\n```sh\n(.*?)```", page, re.DOTALL)
    said = []
    for call in calls.strip().splitlines():
        program, *words = shlex.split(call)
        assert program == "understudy"
        said.append(understudy(*words, "--socket-path", tmux_server.socket_path))
    doctor, first = said
    assert re.search(r"plugins +night-shift 1\.0", doctor.out)
    assert re.search(r"strategy +night_shift", doctor.out)
    (cycle,) = first.lines
    assert cycle["reports"]["modular"]["problems"] == []
    again = understudy("run", "--once", "--json", "--socket-path", tmux_server.socket_path)
    agents = again.lines[0]["reports"]["modular"]["agents"].values()
    assert {agent["window"]: (agent["state"], agent["rule"]) for agent in agents} == {
        "claude-qa": ("unknown", "strategy.waits"),
        "Claude-pm": ("idle", "claude.composer.empty"),
    }
    assert [intent["kind"] for intent in again.lines[0]["reports"]["modular"]["intents"]] == ["notify_manager"]


def test_doctor_names_a_plugin_that_is_left_out_and_what_to_do(understudy: Shell, tmux_server: TmuxServer) -> None:
    understudy.write("plugins/broken.py", "1 / 0\n").chmod(0o600)
    (understudy.folder / "plugins").chmod(0o700)
    understudy.write("understudy.toml", 'plugins = "plugins"\nstrategy = "nightshift"\n')
    said = understudy("doctor", "--json", "--socket-path", tmux_server.socket_path)
    found = {one["check"]: one for one in said.json["checks"] if one["check"] in {"plugins", "strategy"}}
    assert said.code == 6
    assert "broken.py: ZeroDivisionError: division by zero" in found["plugins"]["says"]
    assert found["plugins"]["remedy"] == "mend it, or take it away"
    assert found["strategy"]["remedy"] == "set one of async_polling, concurrent, polling, priority"
