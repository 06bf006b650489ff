"""The owner of each session: one evaluation by the SDK, the smaller exposure rules, any doubt is the incumbent's."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from rollout.loop.monitor_role import MonitorRole
from rollout.loop.routing.flag_source import FlagsDropped, UnleashSource
from rollout.loop.routing.lease import bucket, due, lease_name, lease_of
from rollout.loop.routing.router import Router, Routing
from rollout.store.flags import CANDIDATE, FlagsFile, initial_text

NOW = 1_700_000_000.0
SESSIONS = [f"team-{number}" for number in range(400)]


@pytest.fixture
def flags(tmp_path: Path) -> FlagsFile:
    return FlagsFile(tmp_path / "flags.json")


def route(
    flags: FlagsFile, wanted: int, now: float = NOW, sessions: list[str] = SESSIONS, cycle: str = "c1"
) -> Routing:
    return Router(flags, lease_s=1800).route(sessions, now, cycle, wanted)


def owned(routing: Routing) -> set[str]:
    return {session for session, owner in routing.owners.items() if owner is MonitorRole.CANDIDATE}


def edit(flags: FlagsFile, **parameters: str) -> None:
    body = json.loads(flags.path.read_text() if flags.path.exists() else initial_text())
    body["features"][0]["strategies"][0]["parameters"].update(parameters)
    flags.path.write_text(json.dumps(body))


def test_a_lease_is_a_session_for_a_slot() -> None:
    lease = lease_of("a", 1000.0, 300.0, slots_from=50.0)
    assert (lease.name, lease.slot, lease.ends_at) == ("a#3", 3, 1250.0)
    assert lease_of("a", 1249.9, 300.0, 50.0).name == "a#3"
    assert lease_of("a", 1250.0, 300.0, 50.0).name == "a#4"


def test_the_initial_flags_give_everything_to_the_incumbent_and_shadow_every_cycle(flags: FlagsFile) -> None:
    routing = route(flags, 0)
    assert set(routing.owners.values()) == {MonitorRole.INCUMBENT}
    assert routing.shadow
    assert (routing.exposure_percent, routing.shadow_percent, routing.revision) == (0, 100, 0)
    assert (routing.drift, routing.reasons, routing.exposure) == ("", (), ())


@pytest.mark.parametrize("percent", [1, 5, 50, 99, 100])
def test_the_sdk_owns_exactly_the_leases_that_hash_to_the_share(flags: FlagsFile, percent: int) -> None:
    flags.write_exposure(percent)
    routing = route(flags, percent)
    expected = {name for name in SESSIONS if due(lease_of(name, NOW, 1800).name, percent, CANDIDATE)}
    assert owned(routing) == expected == routing.due
    assert all(own for _, own in routing.exposure)
    assert len(routing.exposure) == len(expected)


@pytest.mark.parametrize(
    "name", ["plain", "with:colon", "with.dot", "with space", "名前", "$5", "#{pid}", 'q"uote', "é", ""]
)
def test_any_session_name_hashes_alike_here_and_in_the_sdk(flags: FlagsFile, name: str) -> None:
    flags.write_exposure(50)
    source = UnleashSource()
    source.load(flags.read().text)
    for slot in range(40):
        lease = lease_name(name, slot)
        assert source.request(CANDIDATE, {"lease": lease}) is due(lease, 50, CANDIDATE)


def test_a_larger_share_holds_every_smaller_one() -> None:
    names = [lease_name("a", slot) for slot in range(500)]
    shares = [{name for name in names if due(name, percent, "g")} for percent in range(0, 101, 5)]
    assert all(smaller <= larger for smaller, larger in pairwise(shares))
    assert (len(shares[0]), len(shares[-1])) == (0, 500)
    assert all(1 <= bucket(name, "g") <= 100 for name in names)


def test_a_session_stays_with_its_owner_for_the_whole_lease(flags: FlagsFile) -> None:
    flags.write_exposure(50)
    start = lease_of("a", NOW, 1800).ends_at
    owners = [owned(route(flags, 50, now=start + offset, cycle=f"c{offset}")) for offset in (0.0, 900.0, 1799.0)]
    assert owners[0] == owners[1] == owners[2]
    assert owned(route(flags, 50, now=start + 1800)) != owners[0]


@pytest.mark.parametrize(("flag", "ledger"), [(50, 5), (5, 50), (100, 0), (0, 100)])
def test_where_flag_and_ledger_differ_the_smaller_exposure_rules(flags: FlagsFile, flag: int, ledger: int) -> None:
    flags.write_exposure(flag)
    routing = route(flags, ledger)
    assert routing.exposure_percent == 5 if {flag, ledger} == {5, 50} else routing.exposure_percent == 0
    assert owned(routing) == {
        name for name in SESSIONS if due(lease_of(name, NOW, 1800).name, min(flag, ledger), CANDIDATE)
    }
    assert routing.drift == f"the flag says {flag} % and the ledger wants {ledger} %"


def test_exposure_that_is_missing_is_visible(flags: FlagsFile) -> None:
    flags.write_exposure(5)
    routing = route(flags, 50)
    assert any(not own for _, own in routing.exposure)


def test_a_flag_that_is_switched_off_exposes_nothing_and_is_drift(flags: FlagsFile) -> None:
    flags.write_exposure(50)
    body = json.loads(flags.path.read_text())
    body["features"][0]["enabled"] = False
    flags.path.write_text(json.dumps(body))
    routing = route(flags, 50)
    assert not owned(routing)
    assert "switched off" in routing.drift


def test_a_change_of_the_file_acts_in_the_next_cycle(flags: FlagsFile) -> None:
    router = Router(flags, lease_s=1800)
    assert not owned(router.route(SESSIONS, NOW, "c1", 100))
    flags.write_exposure(100)
    assert owned(router.route(SESSIONS, NOW, "c2", 100)) == set(SESSIONS)
    flags.write_exposure(0)
    assert not owned(router.route(SESSIONS, NOW, "c3", 100))


def test_a_bad_file_on_a_cold_start_is_the_incumbents_with_a_reason(flags: FlagsFile) -> None:
    flags.path.write_text(initial_text().replace('"rollout": "0"', '"rollout": 50'))
    routing = route(flags, 50)
    assert set(routing.owners.values()) == {MonitorRole.INCUMBENT}
    assert not routing.shadow
    assert "parameters.rollout" in routing.reasons[0]
    assert routing.drift
    assert routing.revision is None


def test_a_file_that_goes_bad_is_followed_as_it_was_and_that_is_said(flags: FlagsFile) -> None:
    flags.write_exposure(50)
    router = Router(flags, lease_s=1800)
    before = owned(router.route(SESSIONS, NOW, "c1", 50))
    flags.path.write_text('{"version": 2')
    routing = router.route(SESSIONS, NOW, "c2", 50)
    assert owned(routing) == before
    assert "the last good ones, 0 s old, are followed" in routing.drift


def test_a_file_that_vanished_begins_again_with_nothing_exposed(flags: FlagsFile) -> None:
    flags.write_exposure(50)
    router = Router(flags, lease_s=1800)
    router.route(SESSIONS, NOW, "c1", 50)
    flags.path.unlink()
    routing = router.route(SESSIONS, NOW, "c2", 50)
    assert not owned(routing)
    assert routing.drift


def test_a_file_that_cannot_be_read_is_no_crash(flags: FlagsFile) -> None:
    flags.path.mkdir()
    routing = route(flags, 5)
    assert set(routing.owners.values()) == {MonitorRole.INCUMBENT}
    assert "cannot be read" in routing.reasons[0]


class Broken:
    """A source that knows nothing, or fails."""

    def __init__(self, *, answer: bool | Exception | None) -> None:
        self.answer = answer

    def load(self, text: str) -> None:
        pass

    def request(self, flag: str, context: Mapping[str, str]) -> bool | None:
        assert flag
        assert "cycleId" in context
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_an_unknown_flag_is_the_incumbents(flags: FlagsFile) -> None:
    flags.write_exposure(100)
    routing = Router(flags, lease_s=60, source=Broken(answer=None)).route(["a", "b"], NOW, "c", 100)
    assert set(routing.owners.values()) == {MonitorRole.INCUMBENT}
    assert "monitor.candidate" in routing.reasons[0]
    assert "monitor.shadow" in routing.reasons[1]


def test_an_sdk_that_raises_is_the_incumbents(flags: FlagsFile) -> None:
    flags.write_exposure(100)
    routing = Router(flags, lease_s=60, source=Broken(answer=TypeError("no"))).route(["a"], NOW, "c", 100)
    assert routing.owners == {"a": MonitorRole.INCUMBENT}
    assert "TypeError: no" in routing.reasons[0]


def test_an_sdk_that_says_yes_to_every_session_is_still_kept_within_the_share(flags: FlagsFile) -> None:
    flags.write_exposure(5)
    source = Broken(answer=True)
    routing = Router(flags, lease_s=1800, source=source).route(SESSIONS, NOW, "c", 5)
    assert 0 < len(owned(routing)) < 60


def test_flags_that_the_sdk_drops_silently_are_noticed() -> None:
    with pytest.raises(FlagsDropped):
        UnleashSource().load(initial_text().replace('"rollout": "0"', '"rollout": 0'))


def test_before_any_flags_nothing_is_known() -> None:
    assert UnleashSource().request(CANDIDATE, {}) is None


def test_an_unknown_flag_is_unknown_and_not_off(flags: FlagsFile) -> None:
    source = UnleashSource()
    source.load(flags.read().text)
    assert source.request("monitor.nothing", {}) is None
    assert source.request(CANDIDATE, {"lease": "a#1"}) is False


@pytest.mark.parametrize("stickiness", ["session", "cycleId"])
def test_the_operator_may_choose_another_stickiness(flags: FlagsFile, stickiness: str) -> None:
    edit(flags, rollout="50", stickiness=stickiness)
    first, later = route(flags, 50, cycle="c1"), route(flags, 50, now=NOW + 7200, cycle="c2")
    if stickiness == "session":
        assert owned(first) == owned(later) == {name for name in SESSIONS if due(name, 50, CANDIDATE)}
    else:
        assert len(owned(first)) in {0, len(SESSIONS)}
    assert owned(first) == first.due


def test_a_session_that_a_constraint_keeps_out_is_not_missing(flags: FlagsFile) -> None:
    body = json.loads(initial_text())
    strategy = body["features"][0]["strategies"][0]
    strategy["parameters"]["rollout"] = "100"
    strategy["constraints"] = [{"contextName": "session", "operator": "NOT_IN", "values": ["payroll"]}]
    flags.path.write_text(json.dumps(body))
    routing = route(flags, 100, sessions=["payroll", "web"])
    assert routing.owners == {"payroll": MonitorRole.INCUMBENT, "web": MonitorRole.CANDIDATE}
    assert routing.due == {"web"}


def test_a_shadow_share_shadows_that_share_of_the_cycles(flags: FlagsFile) -> None:
    body = json.loads(initial_text())
    body["features"][1]["strategies"][0]["parameters"]["rollout"] = "50"
    flags.path.write_text(json.dumps(body))
    router = Router(flags, lease_s=1800)
    shadowed = [router.route([], NOW, f"c{number}", 0).shadow for number in range(200)]
    assert 60 < sum(shadowed) < 140


def test_routing_opens_no_thread_and_imports_the_sdk_only_when_it_routes(flags: FlagsFile) -> None:
    before = threading.active_count()
    route(flags, 0)
    assert threading.active_count() == before
    code = "import sys, rollout.loop.routing.router; print('UnleashClient' in sys.modules, 'mmh3' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
