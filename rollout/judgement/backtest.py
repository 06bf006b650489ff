"""The judge over a stream that somebody kept: what it would have said, and when."""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contract.record import Record
from rollout.judgement.evidence import Battery, Fact
from rollout.judgement.plan import Plan
from rollout.judgement.sequential import Process, Tally, needed
from rollout.judgement.words import Guardrail, Stage, Verdict

_REMEMBERED = 10_000  # different lines that are parsed only once


class BadStream(ValueError):
    """A line that is no observation; names the line and what to write instead."""


class RunResult(Record):
    """What the judge says of one run."""

    run: str | int | None
    verdict: Verdict
    """The last one; a rollback stays one."""
    rollback_at: int | None
    """Number of the run's line at which a rollback was due, from 1; None where it never was."""
    promotable_at: int | None
    """Number of the run's first line after which everything was proven; None where it never was."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One line of a stream."""

    run: str | int | None
    fact: Fact


def parse_stream(lines: Iterable[str]) -> Iterator[Observation]:
    """Read a stream of JSON Lines; blank lines are passed over. Raises `BadStream` naming the line."""
    known: dict[str, Observation] = {}  # a long stream has few different lines
    for number, line in enumerate(lines, 1):
        observation = known.get(line)
        if observation is None:
            if not line.strip():
                continue
            observation = _observation(number, line)
            if len(known) < _REMEMBERED:
                known[line] = observation
        yield observation


def backtest(lines: Iterable[str], stage: Stage, plan: Plan) -> tuple[RunResult, ...]:
    """Judge every run of a stream, in the order in which they appear.

    Alpha is split over the guardrails that occur in a run. Floors, coverage, required strata that do not occur and the
    exemption of fewer than five differing bouts are left out. A stream without a line is one run without data.
    """
    kinds: dict[Fact, int] = {}
    runs: dict[str | int | None, array[int]] = {}
    for observation in parse_stream(lines):
        kind = kinds.setdefault(observation.fact, len(kinds))
        runs.setdefault(observation.run, array("L")).append(kind)
    facts = tuple(kinds)
    return tuple(_judged(run, order, facts, stage, plan) for run, order in (runs or {None: array("L")}).items())


class _Trial:
    """One test of one run: its tally, and how many clean ones its proof still takes."""

    def __init__(self, process: Process, beta: float) -> None:
        self.process = process
        self.tally = Tally()
        self._beta = beta
        self._needed = needed(process.bound, beta, self.tally)

    def count(self, *, event: bool) -> None:
        self.tally = self.process.fold(self.tally, event=event)
        if event:
            self._needed = needed(self.process.bound, self._beta, self.tally)
        elif self._needed:
            self._needed -= 1

    @property
    def is_proven(self) -> bool:
        return not self._needed


def _judged(run: str | int | None, order: Iterable[int], kinds: Sequence[Fact], stage: Stage, plan: Plan) -> RunResult:
    order = tuple(order)
    occurring = [kinds[kind] for kind in sorted(set(order))]
    battery = Battery.of(
        plan,
        stage,
        guardrails={fact.guardrail for fact in occurring},
        strata={fact.stratum for fact in occurring if fact.stratum is not None},
    )
    trials = {key: _Trial(process, battery.beta) for key, process in battery.processes.items()}
    required = [trials[key] for key in battery.required]
    counted = {kind: [trials[key] for key in kinds[kind].keys if key in trials] for kind in set(order)}
    noise = trials.get((Guardrail.NOISE, None))
    rollback_at = promotable_at = None
    for number, kind in enumerate(order, 1):
        event = kinds[kind].event
        for trial in counted[kind]:
            trial.count(event=event)
            if rollback_at is None and trial is not noise and trial.process.crossed(trial.tally):
                rollback_at = number
        if promotable_at is None and rollback_at is None and required and all(trial.is_proven for trial in required):
            promotable_at = number
    if rollback_at is not None:
        verdict = Verdict.ROLLBACK
    elif not required or (noise is not None and noise.process.crossed(noise.tally)):
        verdict = Verdict.HOLD
    else:
        verdict = Verdict.PROMOTABLE if all(trial.is_proven for trial in required) else Verdict.CONTINUE
    return RunResult(run=run, verdict=verdict, rollback_at=rollback_at, promotable_at=promotable_at)


def _observation(number: int, line: str) -> Observation:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadStream(
            f"line {number}: is not JSON ({error}): write one object a line, such as "
            '{"guardrail": "action_difference", "event": false}'
        ) from error
    if not isinstance(document, dict):
        raise BadStream(f"line {number}: must be an object with the keys guardrail and event")
    run, stratum = document.get("run"), document.get("stratum")
    if not isinstance(document.get("event"), bool):
        raise BadStream(f"line {number}: event: must be true or false, but is {document.get('event')!r}")
    if document.get("guardrail") not in list(Guardrail):
        names = ", ".join(Guardrail)
        raise BadStream(f"line {number}: guardrail: {document.get('guardrail')!r} is none: use one of {names}")
    if run is not None and (isinstance(run, bool) or not isinstance(run, str | int)):
        raise BadStream(f"line {number}: run: must be a text or a whole number, but is {run!r}")
    if stratum is not None and not (isinstance(stratum, str) and stratum):
        raise BadStream(f"line {number}: stratum: must be a text, but is {stratum!r}: leave it out where there is none")
    if not isinstance(whole := document.get("whole", True), bool):
        raise BadStream(f"line {number}: whole: must be true or false, but is {whole!r}")
    fact = Fact(Guardrail(document["guardrail"]), document["event"], stratum=stratum, whole=whole)
    return Observation(run, fact)
