"""What a run needs, checked one by one: the machine, the tmux server, and what lies in the state folder."""

from rollout.faces.doctor.findings import CheckResult, DoctorFinding
from rollout.faces.doctor.rounds import examine

__all__ = ["CheckResult", "DoctorFinding", "examine"]
