"""`understudy report` in its forms, with the screens of the tapes that are kept; and what it makes of broken ones."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from rollout.loop.cycle_result import cycle_name
from rollout.store.ledger import BoutRow, Ledger
from shadow.bout import Bout
from shadow.compare import differ
from shadow.differences import Side
from shadow.sides import Who
from tests.cli.rollouts import THEN, Kept, kept
from tmuxio.tapes.tapefile import write_tape
from understudy import AgentState, Frame, PaneShot, Tape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

NAME = "c-1-differs.tape.gz"


@pytest.fixture
def ran(understudy: Shell) -> Kept:
    made = kept(understudy.state, understudy.folder / "s")
    shelve(made.folder.tapes / "c-0.tape.gz", THEN - 10, "what came before")
    shelve(made.folder.tapes / NAME, THEN, "\x1b[31mwhat candidate saw in %2\x1b[0m\nwhat incumbent saw in %2")
    shelve(made.folder.tapes / "c-2-known.tape.gz", THEN + 10, "what came after")
    shelve(made.folder.tapes / "c-3.tape.gz", THEN + 20, "what came much later")
    return made


def shelve(path: Path, at: float, screen: str) -> None:
    """Keep a tape of three panes with the same screen, which stands still."""
    panes = tuple(
        PaneShot(
            pane=f"%{number}",
            pid=100 + number,
            session="team one",
            session_id="$1",
            session_created=1,
            window_id=f"@{number}",
            window_index=number,
            window=f"Claude-{number}",
            width=132,
            ansi=screen,
        )
        for number in (1, 2, 3)
    )
    write_tape(path, Tape(id=path.name, frames=tuple(Frame(at=at + 0.3 * n, panes=panes) for n in range(2))))


@pytest.mark.usefixtures("ran")
def test_a_page_shows_the_screen_of_each_cluster_with_what_came_before_and_next(understudy: Shell) -> None:
    page = understudy("report", "--format", "html").out
    card = page[page.index(">idle → busy<") :].partition('<details class="card')[0]
    assert '<span class="row theirs"><span class="gutter">C</span><span class="l0">what candidate saw in %2' in card
    assert '<span class="row ours"><span class="gutter">I</span>what incumbent saw in %2' in card
    assert re.findall(r"The screen ([^<]+)", card) == ["10.3 s before", "9.7 s after"]
    assert "what came before" in card
    assert "what came after" in card
    assert "what came much later" not in card


def test_a_cluster_that_no_single_cycle_showed_has_the_screen_of_its_bout(understudy: Shell, ran: Kept) -> None:
    sides = [
        Side(state=state, rule=rule, intents=intents, agent="claude")
        for state, rule, intents in (
            (AgentState.CRASHED, "R3", (("notify_manager:crash", 1),)),
            (AgentState.IDLE, "slow", (("notify_manager:idle", 1), ("submit_draft", 1))),
        )
    ]
    difference = differ(Who("%3", 103, "team one", "Claude-3"), *sides)
    assert difference is not None
    made = Bout(
        id="b-1",
        pane="%3",
        pid=103,
        session="team one",
        window="Claude-3",
        agent="claude",
        began=THEN + 31.2,
        ended=THEN + 42.4,
        looks=2,
        agrees=False,
        difference=difference,
        fingerprint=difference.fingerprint,
        incumbent=sides[0],
        candidate=sides[1],
        settled_at=THEN + 100,
    )
    shelve(ran.folder.tapes / f"{cycle_name(THEN + 30)}.tape.gz", THEN + 31, "as it began")
    shelve(ran.folder.tapes / f"{cycle_name(THEN + 41)}.tape.gz", THEN + 42, "as it ended")
    shelve(ran.folder.tapes / f"{cycle_name(THEN + 50)}.tape.gz", THEN + 51, "as it was over")
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        tx.add_bouts([BoutRow("b-1", 1, "%3", THEN + 100, difference.cluster, made.model_dump_json())])
    ledger.close()
    page = understudy("report", "--format", "html").out
    card = page[page.index(f'id="{difference.cluster}"') :].partition('<details class="card')[0]
    assert re.findall(r"(as it [a-z]+)", card) == ["as it ended", "as it began", "as it was"]


@pytest.mark.usefixtures("ran")
def test_the_sizes_of_the_panes_on_the_tapes_are_covered(understudy: Shell) -> None:
    sizes = understudy("report", "--format", "json").json["coverage"]
    assert (sizes["tapes"], {one["size"]: one["panes"] for one in sizes["sizes"]}["120 to 199"]) == (4, 3)


@pytest.mark.parametrize("form", ["html", "md", "json", "text"])
@pytest.mark.usefixtures("ran")
def test_a_report_in_a_file_is_the_one_on_standard_output(understudy: Shell, form: str) -> None:
    said = understudy("report", "--format", form, "-o", "shadow", "--socket-path", understudy.folder / "s")
    assert (said.code, said.out, said.err) == (0, "", "Written to shadow\n")
    written = (understudy.folder / "shadow").read_text(encoding="utf-8")
    now = understudy("report", "--format", form, "--socket-path", understudy.folder / "s").out
    assert len(written) == len(now)


@pytest.mark.usefixtures("ran")
def test_the_commands_of_a_report_speak_of_the_server_that_was_asked_about(understudy: Shell) -> None:
    page = understudy("report", "--format", "html", "--socket-path", understudy.folder / "s").out
    assert f"--socket-path {understudy.folder / 's'}</code>" in page


@pytest.mark.usefixtures("ran")
def test_the_json_has_the_keys_of_its_schema(understudy: Shell) -> None:
    schema = understudy("schema", "report").json
    assert set(schema["properties"]) == set(understudy("report", "--json").json)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def of_another_schema(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"schema":1', b'"schema":2')))


def edited(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"incumbent saw", b"incumbent say")))


def no_tape(path: Path) -> None:
    path.write_bytes(b"\x00" * 100)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("broken", [cut_short, of_another_schema, edited, no_tape, a_folder])
def test_a_broken_tape_costs_its_picture_and_nothing_else(
    understudy: Shell, ran: Kept, broken: Callable[[Path], None]
) -> None:
    broken(ran.folder.tapes / NAME)
    said = understudy("report", "--format", "html")
    assert (said.code, said.err) == (0, "")
    assert "No screen: its tapes are deleted" in said.out
    assert '<pre class="screen"' not in said.out


def test_a_huge_screen_is_cut_in_the_page(understudy: Shell, ran: Kept) -> None:
    shelve(ran.folder.tapes / NAME, THEN, "\n".join("x" * 20_000 for _ in range(300)))
    page = understudy("report", "--format", "html").out
    assert "and 100 rows more" in page
    assert "x" * 500 in page
    assert "x" * 501 not in page


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize("where", [".", "nowhere/shadow.html", "/dev/full/shadow.html"])
def test_a_file_that_cannot_be_written_is_named_with_the_way_out(understudy: Shell, where: str) -> None:
    said = understudy("report", "-o", where)
    assert said.code == 2
    assert re.fullmatch(r"understudy: --output .+: [a-z ]+: name a file in a folder that you may write to\n", said.err)


def test_a_form_that_does_not_exist_is_refused_with_those_that_do(understudy: Shell) -> None:
    said = understudy("report", "--format", "pdf")
    assert (said.code, said.err) == (2, "understudy: --format pdf: name one of html, text, md, json\n")


def test_without_a_ledger_a_page_says_that_there_is_nothing(understudy: Shell) -> None:
    said = understudy("report", "--format", "html")
    assert said.code == 0
    assert "No differences" in said.out
    assert json.loads(understudy("report", "--format", "json").out)["bouts"] == 0
