"""Metrics and health of a rollout: read from the ledger, named as Prometheus wants it, without a pane in any label."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.reading import open_server_data
from rollout.faces.metrics.answers import MetricsPages
from rollout.faces.metrics.instruments import documented
from rollout.faces.metrics.server import MetricsServer
from rollout.store.server_selection import ServerSelection
from understudy import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture
def watched(understudy: Shell, tmux_server: TmuxServer) -> Shell:
    """A server that was watched for one cycle, with an agent that crashed."""
    tmux_server.new_window("exec cat", session="secret-project", name="Claude-pm")
    tmux_server.new_window("exec sh", session="secret-project", name="claude-qa")
    assert understudy("run", "--once", *socket(tmux_server)).code == 0
    return understudy


def socket(server: TmuxServer) -> tuple[str, str]:
    return "--socket-path", str(server.socket_path)


def samples(text: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    }


def test_the_figures_of_a_rollout_are_those_of_its_ledger(watched: Shell, tmux_server: TmuxServer) -> None:
    said = watched("metrics", "--once", *socket(tmux_server))
    assert said.code == 0, said.err
    found = samples(said.out)
    assert found['understudy_rollout_stage_info{stage="shadow"}'] == 1
    assert found["understudy_rollout_weight_ratio"] == 0
    assert found['understudy_agents{engine="modular",state="crashed"}'] == 1
    assert found['understudy_cycles_total{engine="modular",mode="shadow",outcome="ok"}'] == 1
    assert found['understudy_cycle_duration_seconds_count{engine="legacy"}'] == 1
    assert found['understudy_engine_figure{engine="modular",figure="agents_read"}'] == 2
    assert found['understudy_rollbacks_total{trigger="judge"}'] == 0
    assert sum(count for name, count in found.items() if name.startswith("understudy_shadow_mismatches_total")) >= 1
    assert found['understudy_evidence_limit{guardrail="failure",stratum=""}'] > 1


def test_no_label_holds_a_pane_or_a_name_from_the_server(watched: Shell, tmux_server: TmuxServer) -> None:
    out = watched("metrics", "--once", *socket(tmux_server)).out
    labels = re.findall(r'="([^"]*)"', out)
    assert labels
    assert not [one for one in labels if "%" in one or "secret" in one or "claude-qa" in one]


def test_a_rollback_is_counted_by_who_called_for_it(watched: Shell, tmux_server: TmuxServer) -> None:
    watched("run", "--once", "--act", *socket(tmux_server))
    assert watched("promote", "--yes", "-m", "go", *socket(tmux_server)).code == 0
    assert watched("rollback", "--yes", "-m", "back", *socket(tmux_server)).code == 0
    watched("run", "--once", "--act", *socket(tmux_server))
    found = samples(watched("metrics", "--once", *socket(tmux_server)).out)
    assert found['understudy_rollbacks_total{trigger="person"}'] == 1
    assert found['understudy_rollbacks_total{trigger="judge"}'] == 0


def test_every_name_has_the_prefix_and_every_counter_and_unit_its_suffix() -> None:
    for name, kind, labels, says in documented():
        assert re.fullmatch(r"understudy_[a-z_]+", name)
        assert name.endswith("_total") is (kind == "counter")
        assert says.endswith(".")
        assert {"pane", "session", "window"}.isdisjoint(labels.split(", "))
        assert not re.search(r"_(ms|mb|percent|minutes)(_|$)", name), "base units"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@contextmanager
def served(understudy: Shell, server: TmuxServer, clock: VirtualClock) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(understudy.folder)
        for name, value in understudy.env.items():
            patch.setenv(name, value)
        with open_server_data(ServerSelection(path=server.socket_path)) as found:
            clock.sleep((found.last_cycle.at if found.last_cycle else 0.0) + 10)
        answers = MetricsPages(
            partial(open_server_data, ServerSelection(path=server.socket_path)), server.socket_path, clock, stale_s=60
        )
        with MetricsServer("127.0.0.1", 0, answers) as http:
            thread = threading.Thread(target=http.serve_forever, args=(0.01,))
            thread.start()
            yield http.url
            http.shutdown()
            thread.join(10)


def get(url: str, accept: str = "") -> tuple[int, str, str]:
    asked = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310 - our own server's address
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - likewise
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_metrics_are_served_as_text_and_as_openmetrics(
    watched: Shell, tmux_server: TmuxServer, clock: VirtualClock
) -> None:
    with served(watched, tmux_server, clock) as url:
        status, kind, body = get(f"{url}/metrics")
        assert (status, kind.partition(";")[0]) == (200, "text/plain")
        assert "understudy_cycles_total" in body
        status, kind, body = get(f"{url}/metrics", "application/openmetrics-text; version=1.0.0")
        assert (status, kind.partition(";")[0], body.endswith("# EOF\n")) == (200, "application/openmetrics-text", True)


def test_counters_go_on_from_scrape_to_scrape(watched: Shell, tmux_server: TmuxServer, clock: VirtualClock) -> None:
    cycles = 'understudy_cycles_total{engine="modular",mode="shadow",outcome="ok"}'
    with served(watched, tmux_server, clock) as url:
        assert samples(get(f"{url}/metrics")[2])[cycles] == 1
        assert samples(get(f"{url}/metrics")[2])[cycles] == 1
        watched("run", "--cycles", "2", "--interval", "0.1", *socket(tmux_server))
        assert samples(get(f"{url}/metrics")[2])[cycles] == 3


def test_health_is_well_while_a_run_goes_round_and_not_when_it_has_stopped(
    watched: Shell, tmux_server: TmuxServer, clock: VirtualClock
) -> None:
    with served(watched, tmux_server, clock) as url:
        assert get(f"{url}/livez")[::2] == (200, "ok\n")
        assert get(f"{url}/healthz")[0] == 200
        status, _, body = get(f"{url}/readyz?verbose")
        assert (status, [line[:3] for line in body.splitlines()]) == (200, ["[+]", "[+]", "[+]", "ok"])
        clock.sleep(51)
        status, _, body = get(f"{url}/livez")
        assert status == 503
        assert "[-] cycle: the newest began 61 s ago (at most 60 s)" in body
        assert get(f"{url}/elsewhere")[0] == 404


def test_it_is_not_ready_without_its_server(watched: Shell, tmux_server: TmuxServer, clock: VirtualClock) -> None:
    with served(watched, tmux_server, clock) as url:
        tmux_server.run("kill-server")
        status, _, body = get(f"{url}/readyz")
    assert status == 503
    assert body.startswith("[-] tmux: ")


def test_before_the_first_run_there_are_no_figures_and_no_daemon_is_alive(
    understudy: Shell, tmux_server: TmuxServer, clock: VirtualClock
) -> None:
    with served(understudy, tmux_server, clock) as url:
        assert get(f"{url}/metrics")[0] == 200
        assert get(f"{url}/livez") == (
            503,
            "text/plain; charset=utf-8",
            "[-] cycle: nothing has run here yet\nnot ok\n",
        )


def test_an_address_that_cannot_be_had_is_said_with_the_remedy(understudy: Shell, tmp_path: Path) -> None:
    del tmp_path
    said = understudy("metrics", "--host", "203.0.113.1", "--port", "9")
    assert said.code == 2
    assert "203.0.113.1:9 cannot be served on" in said.err
    assert "name another with --host or --port" in said.err
