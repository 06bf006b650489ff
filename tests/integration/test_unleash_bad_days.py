"""Failures of a real flags server, one a test: the last good flags, then the incumbent, never a guess.

Where only a lost packet makes the case, a stand-in socket stands between the run and the real server; that is said.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from middleman import Middleman
from postgres_cluster import until
from unleash_world import CANDIDATE

from rollout.judgement.enums import Stage, State
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import Refusal, RefusalReason, Request, RequestKind
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.routing.router import Router, Routing
from rollout.loop.stage_controller import StageController, rollout_status
from rollout.store.flags import BadFlags, FlagsUnreachable, HeldExposure, RevisionMoved, WriteUnknown
from rollout.store.ledger import Ledger
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from unleash_world import Unleash

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
pytestmark = pytest.mark.timeout(300)
NOW = 1_700_000_000.0


class Rollout:
    """A ledger and a router whose flags the server holds."""

    def __init__(self, unleash: Unleash, folder: Path, url: str | None = None) -> None:
        self.flags = unleash.source(folder / "copy.json", url=url)
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.controller = StageController(self.ledger, self.flags, DEFAULT_PLAN)
        self.controller.wake(NOW)
        self.router = Router(self.flags, lease_s=1800)

    def request(self, what: RequestKind, at: float = NOW) -> Any:
        return self.controller.request(Request(what, "ann", "a test", at))

    def route(self, at: float = NOW, wanted: int = 100) -> Routing:
        return self.router.route(["a", "b"], at, "c", wanted)

    def shows(self, percent: int) -> None:
        until(lambda: self.route().exposure_percent == percent, f"{percent} %")

    @property
    def stage(self) -> Stage:
        return rollout_status(self.ledger).stage

    @property
    def pending(self) -> list[str]:
        return [row.status for row in self.ledger.transitions() if row.status == "pending"]


@pytest.fixture
def rollout(unleash: Unleash, tmp_path: Path) -> Iterator[Rollout]:
    made = Rollout(unleash, tmp_path)
    yield made
    made.ledger.close()


def at_half(rollout: Rollout) -> None:
    """In beta, at 50 %, and seen so."""
    for _ in range(2):
        assert not isinstance(rollout.request(RequestKind.PROMOTE), Refusal)
    rollout.shows(50)


def assert_followed_as_it_was(rollout: Rollout, percent: int, doubt: str) -> None:
    """The last good flags with their age; the incumbent when that is too much; and a fresh start knows them too."""
    soon = rollout.route(NOW + 20)
    assert soon.exposure_percent == percent
    assert doubt in soon.drift
    assert "the last good ones, 20 s old, are followed" in soon.drift
    late = rollout.route(NOW + 301)
    assert set(late.owners.values()) == {MonitorRole.INCUMBENT}
    assert "are 5 min old, and after 5 min they are no longer followed" in late.drift


def test_killed_it_is_followed_as_it_was_and_again_as_it_is_once_it_is_back(unleash: Unleash, rollout: Rollout) -> None:
    at_half(rollout)
    unleash.kill()
    assert_followed_as_it_was(rollout, 50, "refuses connections")
    unleash.start()
    until(
        lambda: rollout.route(NOW + 400).drift == "the flag says 50 % and the ledger wants 100 %", "the server's word"
    )


def test_a_run_that_starts_while_it_is_gone_remembers_what_another_saw(
    unleash: Unleash, rollout: Rollout, tmp_path: Path
) -> None:
    at_half(rollout)
    unleash.kill()
    again = Router(unleash.source(tmp_path / "copy.json"), lease_s=1800)
    routed = again.route(["a"], NOW + 30, "c", 100)
    assert routed.exposure_percent == 50
    assert "30 s old" in routed.drift
    unrouted = Router(unleash.source(tmp_path / "another.json"), lease_s=1800).route(["a"], NOW, "c", 100)
    assert unrouted.owners == {"a": MonitorRole.INCUMBENT}
    assert "there are no good ones to go on with" in unrouted.drift


def test_a_server_that_hangs_keeps_no_cycle_waiting_longer_than_the_timeout(unleash: Unleash, rollout: Rollout) -> None:
    at_half(rollout)
    unleash.hang()
    began = time.monotonic()
    routed = rollout.route(NOW + 5)
    waited = time.monotonic() - began
    assert waited < 2.0 * 0.9  # the deadline of a call, which it did not wait for
    assert (routed.exposure_percent, routed.reasons) == (50, ())  # one question without an answer yet is no doubt
    until(lambda: "did not answer within 2 s" in rollout.route().drift, "the doubt")
    assert_followed_as_it_was(rollout, 50, "did not answer within 2 s")


def test_an_empty_list_of_flags_is_not_obeyed(unleash: Unleash, rollout: Rollout) -> None:
    at_half(rollout)
    features = "/projects/default/features"
    for name in (CANDIDATE, "monitor.shadow"):
        unleash.admin("DELETE", f"{features}/{name}")
    try:
        until(lambda: f"there is no flag {CANDIDATE}" in rollout.route().drift, "the empty list")
        assert_followed_as_it_was(rollout, 50, "`understudy unleash init` makes it")
    finally:
        unleash.admin("POST", "/projects/default/revive", {"features": [CANDIDATE, "monitor.shadow"]})
        unleash.admin("POST", f"{features}/monitor.shadow/environments/production/on")


@pytest.mark.parametrize("share", ["abc", "250", "12.5", ""])
def test_a_share_that_is_none_is_not_followed_not_written_over_and_rolled_back(
    unleash: Unleash, rollout: Rollout, share: str
) -> None:
    at_half(rollout)
    unleash.patch(("/parameters/rollout", share))  # which the server takes
    until(lambda: rollout.route().drift.find("parameters.rollout") > 0, "the doubt")
    assert_followed_as_it_was(rollout, 50, "parameters.rollout")
    with pytest.raises(BadFlags, match="rollout"):
        rollout.flags.held()
    refused = rollout.request(RequestKind.PROMOTE)
    assert isinstance(refused, Refusal)
    assert rollout.stage is Stage.BETA
    assert not isinstance(rollout.request(RequestKind.ROLLBACK), Refusal)
    assert not rollout.controller.owes()
    assert unleash.flag()["enabled"] is False  # no share to turn down: the whole flag is off


def test_a_strategy_that_was_added_by_hand_is_a_doubt(unleash: Unleash, rollout: Rollout) -> None:
    at_half(rollout)
    path = f"/projects/default/features/{CANDIDATE}/environments/production/strategies"
    unleash.admin("POST", path, {"name": "default", "parameters": {}})
    until(lambda: "2 strategies" in rollout.route().drift, "the doubt")
    assert isinstance(rollout.request(RequestKind.PROMOTE), Refusal)
    assert not isinstance(rollout.request(RequestKind.ROLLBACK), Refusal)
    assert unleash.flag()["enabled"] is False


def test_a_stale_write_is_a_conflict(unleash: Unleash, rollout: Rollout) -> None:
    seen = rollout.flags.held()
    unleash.patch(("/parameters/rollout", "50"))
    with pytest.raises(RevisionMoved):
        rollout.flags.write_exposure(5, seen)
    assert unleash.percent() == 50


def test_written_between_the_look_and_the_write_is_a_conflict_of_the_servers_own(
    unleash: Unleash, tmp_path: Path
) -> None:
    """A stand-in socket holds the PATCH back while another client writes: the server's `test` refuses it."""
    with Middleman(unleash.port) as between:
        rollout = Rollout(unleash, tmp_path, between.url)
        between.on_patch = lambda: unleash.patch(("/parameters/rollout", "33"))
        refused = rollout.request(RequestKind.PROMOTE)
        assert (refused.why, rollout.stage, rollout.pending) == (RefusalReason.CONFLICT, Stage.SHADOW, [])
        assert "revision 0 (33 %), not revision 0 (0 %)" in refused.text
    assert unleash.percent() == 33


def test_a_write_whose_answer_is_lost_is_read_back_and_stands(unleash: Unleash, tmp_path: Path) -> None:
    """A stand-in socket loses the answer; the write was done."""
    with Middleman(unleash.port) as between:
        rollout = Rollout(unleash, tmp_path, between.url)
        between.mute = True
        assert not isinstance(rollout.request(RequestKind.PROMOTE), Refusal)
        assert (rollout.stage, unleash.percent(), rollout.pending) == (Stage.CANARY, 5, [])


def test_a_write_that_may_still_come_is_a_conflict_that_waits_and_is_undone_later(
    unleash: Unleash, tmp_path: Path
) -> None:
    """A stand-in socket swallows the PATCH: not done, and it may still be done later."""
    with Middleman(unleash.port) as between:
        rollout = Rollout(unleash, tmp_path, between.url)
        between.swallows = True
        refused = rollout.request(RequestKind.PROMOTE)
        assert (refused.why, rollout.stage, rollout.pending) == (RefusalReason.CONFLICT, Stage.SHADOW, ["pending"])
        assert "may still be" in refused.text
        assert rollout.request(RequestKind.PROMOTE).why is RefusalReason.CONFLICT  # not while one waits
        rollout.controller.settle(NOW + 5)
        assert rollout.pending == ["pending"]  # another process may still be writing it
        rollout.controller.settle(NOW + 60)
        assert (rollout.stage, rollout.pending) == (Stage.SHADOW, [])
        between.swallows = False
        assert not isinstance(rollout.request(RequestKind.PROMOTE, NOW + 61), Refusal)


def test_a_rollback_goes_through_while_a_promotion_hangs_in_the_air(unleash: Unleash, tmp_path: Path) -> None:
    """A stand-in socket swallows one PATCH, and only the first."""
    with Middleman(unleash.port) as between:
        rollout = Rollout(unleash, tmp_path, between.url)
        between.swallows = True
        rollout.request(RequestKind.PROMOTE)
        between.swallows = False
        assert not isinstance(rollout.request(RequestKind.ROLLBACK), Refusal)
        assert rollout_status(rollout.ledger).state is State.ROLLED_BACK
        assert (rollout.flags.held(), rollout.pending) == (HeldExposure(1, 0), [])


@pytest.mark.parametrize("passed_on", [True, False])
def test_killed_in_the_middle_of_a_patch_ledger_and_flag_agree_once_it_is_back(
    unleash: Unleash, tmp_path: Path, *, passed_on: bool
) -> None:
    """The real server is killed with the PATCH on its way to it, or right after it was passed on."""
    with Middleman(unleash.port) as between:
        rollout = Rollout(unleash, tmp_path, between.url)
        between.mute = True
        between.on_patch = (lambda: threading.Timer(0.005, unleash.kill).start()) if passed_on else unleash.kill
        answer = rollout.request(RequestKind.PROMOTE)
        until(lambda: not unleash.runs, "its end")
        if isinstance(answer, Refusal):
            assert answer.why is RefusalReason.CONFLICT
            assert rollout.stage is Stage.SHADOW
        unleash.start()
        rollout.controller.settle(NOW + 60)
        assert rollout.pending == []
        assert (rollout.stage, unleash.percent()) in {(Stage.SHADOW, 0), (Stage.CANARY, 5)}


def test_without_its_database_it_is_followed_and_nothing_moves_but_a_rollback(
    unleash: Unleash, rollout: Rollout
) -> None:
    at_half(rollout)
    unleash.postgres.stop()
    try:
        assert rollout.route(NOW + 1).exposure_percent == 50  # out of the server's own cache
        refused = rollout.request(RequestKind.PROMOTE)
        assert isinstance(refused, Refusal)
        assert refused.why in {RefusalReason.UNREACHABLE, RefusalReason.CONFLICT}
        assert rollout.stage is Stage.BETA
        assert not isinstance(rollout.request(RequestKind.ROLLBACK), Refusal)
        assert rollout.controller.owes()
        assert rollout.route(NOW + 2, wanted=0).exposure_percent == 0  # the smaller rules, whatever the flag says
    finally:
        unleash.postgres.start()
    until(lambda: _answers(rollout), "the database")
    rollout.controller.settle(NOW + 60)
    assert not rollout.controller.owes()
    assert unleash.percent() == 0


def _answers(rollout: Rollout) -> bool:
    try:
        rollout.flags.held()
    except FlagsUnreachable:
        return False
    return True


def test_a_write_without_a_readable_answer_is_never_taken_for_done(unleash: Unleash, tmp_path: Path) -> None:
    """A stand-in socket loses the answer, and the real server is killed before the change can be read back."""
    with Middleman(unleash.port) as between:
        flags = unleash.source(tmp_path / "copy.json", url=between.url)
        between.on_patch = unleash.kill
        with pytest.raises(WriteUnknown):
            flags.write_exposure(5, flags.held())


@pytest.mark.parametrize("how", ["kill", "hang"])
def test_the_emergency_verbs_work_whatever_the_server_does(
    unleash: Unleash, understudy: Shell, tmp_path: Path, how: str
) -> None:
    ran = kept(understudy.state, tmp_path / "socket")
    getattr(unleash, how)()
    env = unleash.environment()
    assert understudy("freeze", "--reason", "pager", env=env).code == 0
    rolled = understudy("rollback", "--now", "--reason", "pager", env=env)
    assert rolled.code == 0
    assert "could not be set to 0 %" in rolled.err
    assert (ran.folder.path / "rollback.json").exists()
    assert understudy("unfreeze", env=env).code == 0
    assert understudy("status", "--json", env=env).json["state"] == "rolled_back"


def test_a_promotion_by_hand_while_it_is_gone_is_69_and_moves_nothing(
    unleash: Unleash, understudy: Shell, tmp_path: Path
) -> None:
    kept(understudy.state, tmp_path / "socket")
    unleash.kill()
    said = understudy("promote", "--yes", "--reason", "on", env=unleash.environment())
    assert said.code == 69
    assert "the stage was not changed" in said.err
    assert understudy("status", "--json", env=unleash.environment()).json["stage"] == "shadow"
    rolled = understudy("rollback", "--reason", "then back", env=unleash.environment())
    assert rolled.code == 0
    assert "used until a run corrects the flag" in rolled.err
