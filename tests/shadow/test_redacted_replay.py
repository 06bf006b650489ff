"""Redaction changes no verdict: both monitors say the same of a screen with secrets and of the redacted one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shadow_cases import T0, shot

from legacy.monitor import LegacyMonitor
from modular.corpus import Case, read_corpus
from modular.service import MonitorService
from tmuxio.sources import TapeClock, TapeSource
from tmuxio.tapes.recorder import redacted
from tmuxio.tapes.redact import redact
from understudy import Frame, Tape
from understudy.outcomes import EVERYTHING

CORPUS = read_corpus(Path(__file__).parents[1] / "modular" / "corpus")
CASES = [case for case in CORPUS.cases if len(case.screens) == 1]
SECRETS = (
    "export OPENAI_API_KEY=sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2",
    "password: hunter2hunter2",
    "Authorization: Bearer abc.def-ghi.jkl",
    "ask ann.smith+work@mail.example.org about it",
    "git clone https://me:hunter2@host/repo",
    "  ⎿  token=ghp_A1b2C3d4E5f6G7h8I9j0K1l2",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFakeFake",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.abc-_9",
)


def verdicts(screen: str, processes: tuple[str, ...], *, blanked: bool) -> list[tuple[object, ...]]:
    """Return both verdicts of a worker that shows this, beside a manager."""
    worker = shot(screen, processes=processes)
    shots = (redacted(worker, redact) if blanked else worker, shot("│ > │", "%9", window="claude-pm"))
    tape = Tape(id="t", frames=tuple(Frame(at=T0 + 0.3 * n, panes=shots) for n in range(4)))
    reports = [
        monitor.cycle("c", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
        for monitor in (LegacyMonitor(), MonitorService())
    ]
    seen = [report.verdicts.get("%1") for report in reports]
    return [(one.state, one.detail, one.why.rule, one.agent) if one else () for one in seen]


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_redacted_screen_replays_to_the_same_verdicts(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(CASES))
    lines = case.screens[0].split("\n")
    for secret in data.draw(st.lists(st.sampled_from(SECRETS), min_size=1, max_size=3)):
        lines.insert(data.draw(st.integers(0, len(lines) // 2)), secret)
    screen = "\n".join(lines)
    processes = case.processes or ("bash", "claude")
    assert redact(screen) != screen
    assert verdicts(screen, processes, blanked=True) == verdicts(screen, processes, blanked=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_golden_case_means_anything_else_once_it_is_redacted(case: Case) -> None:
    screen = case.screens[0]
    if redact(screen) != screen:
        processes = case.processes or ("bash", "claude")
        assert verdicts(screen, processes, blanked=True) == verdicts(screen, processes, blanked=False)
