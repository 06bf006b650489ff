"""`understudy doctor`: what is missing or broken, and what to do."""

from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import emit, paint, say
from rollout.faces.doctor import CheckResult, DoctorFinding, examine

_MARKS = {
    CheckResult.WELL: ("ok", "green"),
    CheckResult.NOTE: ("note", "yellow"),
    CheckResult.BROKEN: ("BROKEN", "red"),
}


def doctor(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Check everything and say it; UNHEALTHY where something is broken."""
    findings = list(examine(socket_name, socket_path))
    healthy = all(finding.verdict is not CheckResult.BROKEN for finding in findings)
    if as_json:
        emit({"healthy": healthy, "checks": [_as_json(finding) for finding in findings]})
    else:
        for finding in findings:
            mark, style = _MARKS[finding.verdict]
            say(f"{paint(mark.ljust(6), style)}  {finding.subject:<15}  {finding.says}")
            if finding.remedy:
                say(f"{'':25}-> {finding.remedy}")
    return Exit.OK if healthy else Exit.UNHEALTHY


def _as_json(finding: DoctorFinding) -> dict[str, str]:
    return {
        "check": finding.subject,
        "verdict": finding.verdict.value,
        "says": finding.says,
        "remedy": finding.remedy,
    }
