"""The result of a replay for people and for scripts, in the form that its options ask for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from rollout.faces.cli.formatting import side_text
from rollout.faces.cli.output import emit, note, say, table
from rollout.faces.cli.replay_judge import JudgedReplay
from rollout.faces.cli.replay_show import ShownCluster
from shadow.differences import Difference, Severity
from shadow.replayed import ReplayedCluster, ReplayResult


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The tapes, the monitors and the form of the output."""

    tapes: Sequence[Path] = ()
    since: str | None = None
    monitors: Sequence[str] = ()
    incumbent: str | None = None
    candidate: str | None = None
    baseline: Path | None = None
    fail_on: str | None = None
    seconds: bool = True
    judge: bool = False
    """True if the spells are judged as well, by `plan`, for leaving `stage`."""
    plan: str | None = None
    stage: str = "shadow"
    minimums: bool = False
    held_out: float | None = None
    """The share of leases that alone are judged; None for all."""
    show: str | None = None
    """The cluster to show with its screen."""
    as_json: bool = False


def tell_replay(
    asked: ReplayOptions,
    who: Sequence[str],
    result: ReplayResult,
    seen: Sequence[tuple[str, Difference]],
    took: float,
    judged: JudgedReplay | None,
    shown: ShownCluster | None,
) -> None:
    """Print what a replay found; `seen` holds each difference with its tape's id, `took` is in seconds."""
    speed = {"seconds": round(took, 3), "frames_per_second": round(result.frames / took, 1)} if asked.seconds else {}
    if asked.as_json:
        body = result.model_dump(mode="json", exclude={"clusters"})
        rows = [row.model_dump(mode="json", exclude={"example"}) for row in result.clusters]
        differences = [_as_json(tape, difference) for tape, difference in seen]
        more = {"agreement": result.agreement, "clusters": rows, "differences": differences}
        judgement = ({} if judged is None else judged.as_json()) | ({} if shown is None else shown.as_json())
        emit({"monitors": list(who), **body, **more, **judgement, **speed})
        return
    table((_line(row) for row in result.clusters), header=("cluster", "differs in", "looks", "agents", *who, "", ""))
    say(_summary(result))
    if result.vanished:
        say(f"Vanished: {', '.join(result.vanished)}")
    which = f"the tapes of the last {asked.since}" if asked.since else "these tapes"
    for line in judged.lines(which) if judged is not None else ():
        say(line)
    for line in shown.lines() if shown is not None else ():
        say(line)
    if asked.seconds:
        note(f"{took:.1f} s, {result.frames / took:,.0f} agent-frames a second")


def _line(row: ReplayedCluster) -> tuple[str, ...]:
    sides = side_text(row.example.incumbent), side_text(row.example.candidate)
    new = {True: "new", False: "known", None: ""}[row.new]
    word = row.expected or ("" if row.comparable or row.severity is not Severity.ACTION else "not comparable")
    return (row.id, row.severity, str(row.looks), str(row.agents), *sides, new, word)


def _summary(result: ReplayResult) -> str:
    kinds = Counter[Severity]()
    for row in result.clusters:
        kinds[row.severity] += row.looks
    counts = ", ".join(f"{kinds[severity]} in {severity}" for severity in Severity if kinds[severity])
    found = f"{kinds.total()} differences ({counts}) in {len(result.clusters)} clusters" if kinds else "no difference"
    agree = "" if result.agreement is None else f"; they agree on {result.agreement:.1%}"
    said = ", ".join(f"{right} {count}" for right, count in result.rights.items())
    settled = f"; who was right in {result.differing_bouts} bouts: {said}" if said else ""
    return f"{result.tapes} tapes, {result.agents} agents seen: {found}{agree}{settled}"


def _as_json(tape: str, difference: Difference) -> dict[str, JsonValue]:
    body: dict[str, Any] = difference.model_dump(mode="json")
    return {
        "tape": tape,
        "class": body.pop("klass"),
        **{key: body[key] for key in ("pane", "session", "window", "agent", "severity", "cluster", "expected")},
        "incumbent": body["incumbent"],
        "candidate": body["candidate"],
    }
