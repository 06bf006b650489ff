"""`understudy doctor`: the missing or broken requirements of a run, with their remedies."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, paint, say
from rollout.faces.cli.verb import verb
from rollout.faces.doctor import CheckResult, DoctorFinding, examine
from rollout.store.server_selection import ServerSelection

_MARKS = {
    CheckResult.WELL: ("ok", "green"),
    CheckResult.NOTE: ("note", "yellow"),
    CheckResult.BROKEN: ("BROKEN", "red"),
}


@verb("doctor", "doctor", "doctor --json --socket-name work")
def doctor(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Check the requirements of a run; print a remedy for each fault."""
    findings = list(examine(server))
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
