"""What a monitor says passes a gate: no secret in a report, a failure or a log goes on to where it is kept or shown."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from test_host import LIMITS, host_request

from rollout.loop.hosting.host import MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.loop.hosting.report_redaction import redact_report
from rollout.loop.hosting.stderr_log import StderrLog
from tmuxio.redaction import redact
from understudy import AgentVerdict, CycleReport, NotifyManager, Problem, ProblemKind, VirtualClock
from understudy.intents import Notice
from understudy.verdicts import AgentRole, AgentState, Why

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "ghp_q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3Hj5Gp0CyAeUiO"  # noqa: S105 - of nobody
SECRET = TOKEN[4:]


def report() -> CycleReport:
    verdict = AgentVerdict(
        pane="%1",
        pid=1,
        session="s",
        window=f"w {TOKEN}",
        window_index=1,
        role=AgentRole.WORKER,
        agent="claude",
        state=AgentState.IDLE,
        since=1.0,
        why=Why(rule="r", lines=(f"│ {TOKEN[:20]} │", f"│ {TOKEN[20:]} │")),
    )
    intent = NotifyManager(
        pane="%1",
        pid=1,
        target="%2",
        session="s",
        reason=f"because {TOKEN}",
        at=1.0,
        about=Notice.IDLE,
        text=f"idle at {TOKEN}",
        section=f"of {TOKEN}",
    )
    problem = Problem(kind=ProblemKind.FLICKERS, subject=f"%1 {TOKEN}", text=f"\x1b[2Jodd: {TOKEN}")
    return CycleReport(
        cycle="c", monitor="m", version="1", verdicts={"%1": verdict}, intents=(intent,), problems=(problem,)
    )


def test_no_text_of_a_report_keeps_a_secret() -> None:
    told = redact_report(report(), redact).model_dump_json()

    assert SECRET not in told
    assert TOKEN[20:] not in told


def test_a_problem_moves_no_cursor() -> None:
    assert redact_report(report(), redact).problems[0].text == f"·[2Jodd: ghp_{'*' * 36}"


def test_a_report_without_secrets_is_the_same_report() -> None:
    clean = CycleReport(cycle="c", monitor="m", version="1", problems=(Problem(kind=ProblemKind.FLICKERS, text="x"),))

    assert redact_report(clean, redact) is clean


def test_a_monitors_log_keeps_neither_secrets_nor_control_characters(tmp_path: Path) -> None:
    read, write = os.pipe()
    log = StderrLog(os.fdopen(read, "rb"), tmp_path / "log")
    os.write(write, f"\x1b[31mlogin with {TOKEN[:20]}".encode())
    os.write(write, f"{TOKEN[20:]}\x1b[0m\nlast: password=hunter2".encode())
    os.close(write)

    last = log.last_line()

    log.close()
    kept = (tmp_path / "log").read_text()
    assert SECRET not in kept
    assert TOKEN[20:] not in kept
    assert "\x1b" not in kept
    assert last == "last: password=*******"


def test_what_a_monitor_died_with_is_told_without_its_secret(tmp_path: Path) -> None:
    code = f"import sys; sys.stderr.write('cannot log in: password=hunter2-{SECRET}\\n'); sys.exit(3)"
    spec = monitor_spec("cmd:" + shlex.join([sys.executable, "-c", code]))
    with MonitorHost(spec, tmp_path / "log", limits=LIMITS, clock=VirtualClock(1.0)) as host:
        answer = host.look(host_request())

    assert "password=*" in answer.text
    assert SECRET not in answer.text


def test_rubbish_of_a_monitor_is_quoted_without_its_secret(tmp_path: Path) -> None:
    code = f"import sys; sys.stdin.readline(); print('{TOKEN}', flush=True); sys.stdin.readline()"
    spec = monitor_spec("cmd:" + shlex.join([sys.executable, "-c", code]))
    with MonitorHost(spec, tmp_path / "log", limits=LIMITS, clock=VirtualClock(1.0)) as host:
        answer = host.look(host_request())

    assert answer.report is None
    assert SECRET not in answer.text
