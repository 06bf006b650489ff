"""Freeze: works while everything else is broken."""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING

from rollout.judgement.plans import DEFAULT_PLAN
from rollout.loop import operator_input
from rollout.loop.stage_controller import StageController
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from rollout.store.orders import OrderKind, order_in_force
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    import pytest

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


def test_freeze_without_a_server_is_for_every_server(understudy: Shell) -> None:
    said = understudy("freeze", "--reason", "pager", "--actor", "ann")
    assert said.code == 0
    assert "every server" in said.out
    order = order_in_force(OrderKind.FREEZE, understudy.state)
    assert order is not None
    assert (order.actor, order.reason) == ("ann", "pager")


def test_freeze_of_one_server_leaves_the_others_alone(understudy: Shell) -> None:
    assert understudy("freeze", "--socket-name", "work").code == 0
    assert order_in_force(OrderKind.FREEZE, understudy.state) is None
    assert len(list(understudy.state.glob("servers/work-*/frozen.json"))) == 1


def test_unfreeze_lifts_every_freeze(understudy: Shell) -> None:
    understudy("freeze")
    understudy("freeze", "--socket-name", "work")
    assert understudy("unfreeze").code == 0
    assert not list(understudy.state.rglob("frozen.json"))
    assert "Nothing was frozen" in understudy("unfreeze").out


def test_unfreezing_one_server_says_so_where_every_server_is_frozen(understudy: Shell) -> None:
    understudy("freeze")
    assert "Still frozen by an order for every server" in understudy("unfreeze", "--socket-name", "work").out
    assert order_in_force(OrderKind.FREEZE, understudy.state)


def test_freeze_works_with_every_file_broken(understudy: Shell) -> None:
    understudy.write("understudy.toml", "this is = no = toml")
    understudy.write("home/.config/understudy/config.toml", "nor this")
    servers = understudy.state / "servers" / "s-1"
    servers.mkdir(parents=True)
    (servers / "ledger.sqlite").write_text("no database")
    (servers / "flags.json").write_text("{")
    (understudy.state / "last-run").write_text("s-1")
    assert understudy.real("freeze", env={"UNDERSTUDY_NONSENSE": "1"}).code == 0
    assert order_in_force(OrderKind.FREEZE, understudy.state)


def test_an_order_that_cannot_be_read_still_stands(understudy: Shell) -> None:
    understudy("freeze")
    (understudy.state / "frozen.json").write_text('{"at": ')
    order = order_in_force(OrderKind.FREEZE, understudy.state)
    assert order is not None
    assert order.actor == ""


def test_an_order_whose_content_finds_no_room_stands(understudy: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert understudy("freeze").code == 0
    assert order_in_force(OrderKind.FREEZE, understudy.state)


def test_the_state_folder_is_its_users_alone(understudy: Shell) -> None:
    understudy("freeze")
    assert stat.S_IMODE(understudy.state.stat().st_mode) == 0o700
    assert json.loads((understudy.state / "frozen.json").read_text())["schema"] == 1


def test_the_trail_says_who_froze_and_who_lifted_it_and_why(understudy: Shell) -> None:
    folder = kept(understudy.state, understudy.folder / "s").folder
    ledger = Ledger(folder.ledger)
    controller = StageController(ledger, FlagsFile(folder.flags), DEFAULT_PLAN)
    folders = (folder.path, understudy.state)
    for number, order in enumerate((("freeze", "pager", "ann"), ("unfreeze", "all is well", "bob"))):
        assert understudy(order[0], "--reason", order[1], "--actor", order[2]).code == 0
        operator_input.apply_orders(controller, ledger, folders, 1_790_000_000.0 + number, act=True)
    ledger.close()
    rows = understudy("history", "--json").json["transitions"][-2:]
    assert [(row["request"], row["actor"], row["reason"]) for row in rows] == [
        ("freeze", "ann", "pager"),
        ("unfreeze", "bob", "all is well"),
    ]
