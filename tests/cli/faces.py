"""The faces of one recorded rollout, as printed: `status`, `why`, `diffs list`, report, `doctor`, metrics."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import generate_latest

from rollout.faces.cli.headlines import headline_of
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.report_text import written
from rollout.faces.cli.verbs.diffs_list import diffs_list
from rollout.faces.cli.verbs.status import status
from rollout.faces.cli.verbs.why import why
from rollout.faces.doctor.kept import found_agents
from rollout.faces.metrics.taking import MetricsCollector
from rollout.loop.acting.episode import EpisodeBook
from rollout.loop.analysis import Analysis, add_watched_time
from rollout.store.ledger import Ledger
from rollout.store.server_selection import ServerSelection
from rollout.store.state_folder import StateFolder
from tests.cli.plain_text import flat
from tests.cli.recorded_rollout import NOW, Recorded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rollout.judgement.headline import Headline


@dataclass(frozen=True)
class Faces:
    """The faces of one rollout, each as it was printed."""

    headline: Headline
    status: str
    status_json: dict[str, Any]
    why: str
    why_json: dict[str, Any]
    diffs: str
    diffs_json: dict[str, Any]
    report: str
    markdown: str
    page: str
    report_json: dict[str, Any]
    doctor: str
    metrics: dict[str, float]
    """By name and labels, as Prometheus reads them."""


DRAWN: dict[Callable[[Recorded], None], Faces] = {}
"""Each situation is drawn once."""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Faces]:
    def make(situation: Callable[[Recorded], None]) -> Faces:
        if situation not in DRAWN:
            DRAWN[situation] = drawn(situation)
        return DRAWN[situation]

    def drawn(situation: Callable[[Recorded], None]) -> Faces:
        monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(time, "time", lambda: NOW)
        socket = tmp_path / "s"
        server = ServerSelection(path=socket)
        folder = StateFolder(tmp_path / "state").prepare(socket)
        ledger = Ledger(folder.ledger)
        on = Recorded(folder, ledger, Analysis(), EpisodeBook())
        on.controller.wake(NOW - 100)
        on.knows(epoch=on.rollout_status.epoch, since=on.rollout_status.since)
        on.analysis = add_watched_time(on.analysis, NOW, on.rollout_status.exposure_percent)
        situation(on)
        on.write()

        def printed(verb: Callable[..., Any], **more: Any) -> str:
            capsys.readouterr()
            verb(server=server, **more)
            said = capsys.readouterr()
            return said.out + said.err

        with open_server_data(server) as found:
            forms = {form: written(found, form) for form in ("text", "md", "html", "json")}
            said = headline_of(found)
            doctor = " ".join(finding.says for finding in found_agents(folder))
            collector = MetricsCollector()
            collector.take(found)
            exported = generate_latest(collector.instruments.registry).decode()
        return Faces(
            said,
            printed(status, as_json=False),
            json.loads(printed(status, as_json=True)),
            printed(why, as_json=False),
            json.loads(printed(why, as_json=True)),
            printed(diffs_list, as_json=False),
            json.loads(printed(diffs_list, as_json=True)),
            flat(forms["text"]),
            flat(forms["md"]),
            flat(unescape(re.sub(r"<[^>]+>", "", forms["html"].partition("<main>")[2]))),
            json.loads(forms["json"]),
            doctor,
            {
                name: float(value)
                for name, value in (line.rsplit(" ", 1) for line in exported.splitlines() if not line.startswith("#"))
            },
        )

    return make
