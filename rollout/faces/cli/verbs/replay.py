"""`understudy replay`: kept tapes watched again by any two monitors, and where they differ."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from contract.outcomes import Outcome
from contract.report import CycleReport
from contract.tapes import pack
from contract.wire import Introduction, OnTape
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import emit, say, table
from rollout.faces.cli.words import side_text
from rollout.loop.hosting.host import Ask, EncodedSight, HostLimits, MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.store.settings import load, surroundings
from shadow.compare import compare
from shadow.differences import Difference, Severity
from shadow.expected import shipped
from tmuxio.tapefile import KeptTape, read_tape


@dataclass(slots=True)
class _Player:
    """One monitor that watches tape after tape, with its memory in between."""

    host: MonitorHost
    memory: JsonValue = None

    def watch(self, kept: KeptTape, sight: EncodedSight) -> CycleReport:
        """Watch one tape. Raises `MonitorFailed` where the monitor cannot be started, `Stop` where it fails on it."""
        who = self.host.hello()
        memory, outcomes = self._mind(kept, who)
        answer = self.host.look(Ask(cycle=kept.tape.id, sight=sight, memory=memory, outcomes=outcomes))
        if answer.report is None:
            raise Stop(Exit.UNAVAILABLE, f"monitor {who.monitor} failed on tape {kept.tape.id}: {answer.text}")
        self.memory = answer.memory
        return answer.report

    def _mind(self, kept: KeptTape, who: Introduction) -> tuple[JsonValue, tuple[Outcome, ...]]:
        """What the same version brought to this tape when it was shot; else its memory of the tape before."""
        played, told = kept.meta.get("monitors"), kept.meta.get("outcomes")
        for part, name in played.items() if isinstance(played, dict) else ():
            if name == f"{who.monitor} {who.version}" and part in kept.memories:
                return kept.memories[part], _outcomes(kept, told.get(part)) if isinstance(told, dict) else ()
        return self.memory, ()


@dataclass(frozen=True, slots=True)
class _Watched:
    tape: str
    verdicts: int
    differences: tuple[Difference, ...] = field(default=())


def replay(paths: Sequence[Path], flags: Mapping[str, Any], *, fail_on: str | None, as_json: bool) -> Exit:
    """Watch the tapes and say every difference; DIFFERENT where one is as grave as `fail_on` and not expected."""
    worst = _severity(fail_on)
    settings = load(flags).settings
    specs = [monitor_spec(settings.incumbent), monitor_spec(settings.candidate)]
    kept = [read_tape(path) for path in paths]  # all of them first: a torn one is said before anything is run
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-replay-")))
        limits, around = HostLimits(deadline_s=settings.deadline_s), surroundings(settings)
        players = [
            _Player(stack.enter_context(MonitorHost(spec, logs / f"{number}.log", limits=limits, surroundings=around)))
            for number, spec in enumerate(specs)
        ]
        watched = list(_watch(kept, *players))
    found = [(seen.tape, difference) for seen in watched for difference in seen.differences]
    if as_json:
        emit({"tapes": len(watched), "differences": [_as_json(tape, difference) for tape, difference in found]})
    else:
        _tell(watched, found)
    grave = [one for _, one in found if worst and one.severity.rank <= worst.rank and one.expected is None]
    return Exit.DIFFERENT if grave else Exit.OK


def _outcomes(kept: KeptTape, told: JsonValue) -> tuple[Outcome, ...]:
    try:
        return tuple(Outcome.model_validate(one) for one in told) if isinstance(told, list) else ()
    except ValueError as error:
        raise Stop(Exit.USAGE, f"tape {kept.tape.id} holds outcomes that this build does not know") from error


def _severity(text: str | None) -> Severity | None:
    if text is None:
        return None
    if text not in set(Severity):
        raise Stop(Exit.USAGE, f"--fail-on {text}: name one of {', '.join(Severity)}")
    return Severity(text)


def _watch(kept: Sequence[KeptTape], incumbent: _Player, candidate: _Player) -> Iterator[_Watched]:
    for one in kept:
        sight = EncodedSight.of(OnTape(tape=pack(one.tape)))
        ours, theirs = incumbent.watch(one, sight), candidate.watch(one, sight)
        yield _Watched(one.tape.id, len({*ours.verdicts, *theirs.verdicts}), compare(ours, theirs, shipped()))


def _tell(watched: Sequence[_Watched], found: Sequence[tuple[str, Difference]]) -> None:
    table(
        (
            (
                tape,
                one.subject,
                one.window,
                one.severity,
                side_text(one.incumbent),
                side_text(one.candidate),
                one.cluster,
                one.expected or "",
            )
            for tape, one in found
        ),
        header=("tape", "pane", "window", "differs in", "incumbent", "candidate", "cluster", "expected"),
    )
    kinds = Counter(one.severity for _, one in found)
    summary = ", ".join(f"{kinds[severity]} in {severity}" for severity in Severity if kinds[severity])
    say(
        f"{len(watched)} tapes, {sum(one.verdicts for one in watched)} agents seen: "
        + (f"{len(found)} differences ({summary})" if found else "no difference")
    )


def _as_json(tape: str, difference: Difference) -> dict[str, Any]:
    body = difference.model_dump(mode="json")
    return {
        "tape": tape,
        "class": body.pop("klass"),
        **{key: body[key] for key in ("pane", "session", "window", "agent", "severity", "cluster", "expected")},
        "incumbent": body["incumbent"],
        "candidate": body["candidate"],
    }
