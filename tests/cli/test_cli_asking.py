"""Questions to a person: samples judged one by one, sign-offs confirmed, and a bar that shows how far."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from rollout.faces.cli.clusters import all_clusters
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.progress import Bar
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.sampling import review_sample
from rollout.faces.cli.sign_offs import SignOffOptions
from rollout.faces.cli.verbs.diffs_accept import diffs_accept
from rollout.store.ledger import LedgerReader
from rollout.store.server_selection import ServerSelection
from tests.cli.rollouts import THEN
from tests.cli.test_cli_diffs import filled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.rollouts import Kept


class Terminal(io.StringIO):
    """A terminal at which a person looks, or types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Terminal())
    return filled(tmp_path / "state", tmp_path / "sock")


def answers(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    given = iter(keys)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(given))


def told(ran: Kept) -> list[tuple[str, str, dict[str, Any]]]:
    ledger = LedgerReader.open(ran.folder.ledger)
    try:
        return [(row.kind, row.actor, json.loads(row.body)) for row in ledger.decisions()]
    finally:
        ledger.close()


def test_a_person_judges_bouts_one_by_one_and_may_skip_or_stop(
    ran: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "c", "s", "Neither", "?", "q")
    assert review_sample(10, 3, SignOffOptions(reason="", actor="ann"), ServerSelection(), as_json=False) is Exit.OK
    assert told(ran) == [
        ("settle_bout", "ann", {"right": "candidate", "seed": 3}),
        ("settle_bout", "ann", {"right": "neither", "seed": 3}),
    ]
    said = capsys.readouterr().out
    assert "1 of 10: b-" in said
    assert "> and now the docs" in said
    assert "incumbent: idle, wants notify_manager:idle, by incumbent.rule" in said
    assert "2 of 10 answered" in said


@pytest.mark.parametrize(("yes", "kept"), [(True, 1), (False, 0)])
def test_a_cluster_in_which_acts_differ_is_signed_off_once_its_members_were_seen_and_confirmed(
    ran: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, yes: bool, kept: int
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda question: asked.append(question) or yes)
    with open_server_data(ServerSelection()) as found:
        cluster = all_clusters(found, THEN)[0].id
    accept = partial(diffs_accept, cluster, actor="ann", reason="meant so", expires="7d", server=ServerSelection())
    if yes:
        assert accept() is Exit.OK
    else:
        with pytest.raises(Stop, match="you answered no: nothing was changed"):
            accept()
    assert len(told(ran)) == kept
    assert capsys.readouterr().err.count("window Claude-2") == 5
    assert len(asked) == 1


def test_a_bar_shows_how_far_it_is_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("rollout.faces.cli.progress._EVERY_S", 0.0)
    with Bar("tapes", 4) as bar:
        for _ in range(4):
            bar.step()
    assert "[" + "#" * 20 + "." * 20 + "] 2/4 tapes" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_no_bar_is_shown_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Bar("tapes", 1) as bar:
        bar.step()
    assert capsys.readouterr().err == ""
