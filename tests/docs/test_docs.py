"""The documents say what the program does, and their examples run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.plan import CliVersionPlan, CycleTime, GuardrailLimits, Minimums, Plan, StagePlan, StatePlan
from rollout.judgement.plan_file import parse_plan
from rollout.judgement.plan_text import plan_lines
from rollout.judgement.plans import DEMO_PLAN
from rollout.judgement.signals import Signals
from shadow.rules import Windows

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted({ROOT / "README.md", *ROOT.glob("docs/**/*.md")})


def test_the_tables_of_verbs_exit_codes_and_settings_are_what_the_program_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write-docs", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verb_that_a_page_calls_is_one(page: Path) -> None:
    from typer.main import get_command

    from rollout.faces.cli.app import app

    commands = get_command(app).commands  # type: ignore[attr-defined]  # a group, as it has verbs
    called = re.findall(
        r"^(?:    \S*|`|\s*)understudy ([a-z]+)(?: ([a-z]+))?", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert not [verb for verb, _ in called if verb not in commands]


def test_a_monitor_of_ones_own_gets_from_the_readme_to_its_first_report(
    understudy: Shell, tmux_server: TmuxServer
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"<!-- example: mine\.py -->\n```python\n(.*?)```", readme, re.DOTALL)
    calls = re.search(r"<!-- run -->\n```sh\n(.*?)```", readme, re.DOTALL)
    assert code
    assert calls
    understudy.write("mine.py", code[1])
    tmux_server.new_window(name="Claude-pm")
    moving = "import time; [print(n, flush=True) or time.sleep(0.05) for n in range(10**6)]"
    tmux_server.new_window(shlex.join(["exec", sys.executable, "-c", moving]), name="Claude-busy")
    tmux_server.new_window("exec cat", name="Claude-still")
    said = {}
    for call in calls[1].strip().splitlines():
        program, verb, *rest = shlex.split(call.replace("--interval 2", "--interval 0.1"))
        assert program == "understudy"
        server = ["--socket-path", str(tmux_server.socket_path)]
        said[verb] = understudy(verb, *rest, *server)
        assert said[verb].code == 0, said[verb].err
    agents = understudy("agents", "--json").json["agents"]
    states = {one["window"]: one["monitors"]["candidate"]["state"] for one in agents if "candidate" in one["monitors"]}
    assert states == {"Claude-pm": "crashed", "Claude-busy": "busy", "Claude-still": "idle"}
    assert "mine 0.1" in (understudy.folder / "shadow.html").read_text(encoding="utf-8")


def test_every_plan_that_a_page_shows_is_one() -> None:
    shown = [
        block
        for page in PAGES
        for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        if "--plan" in block.partition("\n")[0]
    ]
    assert shown
    for block in shown:
        parse_plan(block)


def test_the_page_of_settings_lists_every_key_of_a_plan() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    table = text.partition("<!-- plan keys -->")[2].partition("<!-- /plan keys -->")[0]
    listed = {key for row in table.strip().splitlines() for key in re.findall(r"`([a-zA-Z_.]+)`", row.split("|")[1])}
    tables: dict[str, tuple[str, type[BaseModel]]] = {
        "stages": ("stages.STAGE", StagePlan),
        "guardrails": ("guardrails.NAME", GuardrailLimits),
        "states": ("states.NAME", StatePlan),
        "cli_versions": ("cli_versions", CliVersionPlan),
        "minimums": ("minimums", Minimums),
        "windows": ("windows", Windows),
        "cycle_time": ("cycle_time", CycleTime),
        "signals": ("signals", Signals),
    }
    keys = set(Plan.model_fields) - {*tables, "noise"} | {"noise.unsafe", "noise.limit"}
    keys |= {f"{prefix}.{key}" for prefix, record in tables.values() for key in record.model_fields}
    assert listed == keys


def test_every_key_of_the_json_that_a_page_lists_is_there(understudy: Shell) -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")

    def keys(call: str) -> set[str]:
        row = next(line for line in page.splitlines() if line.startswith((f"| `{call}`", f"| {call}")))
        return set(re.findall(r"`([a-z_]+)`", row.split("|")[2]))

    for call in (
        "status --json",
        "why --json",
        "agents --json",
        "approve --json",
        "doctor --json",
        "flags show --json",
    ):
        assert keys(call) == set(understudy(*call.split()).json) - {"schema"}, call
    assert keys("in it, each of `evidence`") == set(understudy("status", "--json").json["evidence"][0])


def test_the_readme_shows_the_demo_s_plan_as_the_demo_prints_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(
        r"^    0:00 ((?:plan|promoted|  and|unsafe|at least|a bout|risks|a person).*?)…?$", readme, re.MULTILINE
    )
    printed = plan_lines(DEMO_PLAN)
    assert len(shown) == len(printed)
    assert [line for line, whole in zip(shown, printed, strict=True) if not whole.startswith(line)] == []
