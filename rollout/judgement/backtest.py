"""The judge over a stream that somebody kept: what it would have said, and when."""

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rollout.judgement.enums import Guardrail, Stage, Verdict
from rollout.judgement.evidence import Battery, EvidenceEvent
from rollout.judgement.plan import Plan
from rollout.judgement.sequential import EventTally, EvidenceProcess, needed
from understudy.record import Record

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


class LookResult(Record):
    """What one line of a run led to."""

    run: str | int | None
    line: int
    """Of the run, from 1."""
    guardrail: Guardrail
    stratum: str | None
    event: bool
    verdict: Verdict
    e_value: float
    """Of this guardrail, or of its stratum, as all that follows."""
    limit: float
    spent: float
    """How much of the way to a rollback is gone, 0 to 1."""
    bound: float
    """The rate is shown to be below this share."""
    needed: int
    """So many more clean ones until it is proven."""


@dataclass(frozen=True, slots=True)
class StreamLine:
    """One line of a stream."""

    run: str | int | None
    evidence_event: EvidenceEvent


def parse_stream(lines: Iterable[str]) -> Iterator[StreamLine]:
    """Read a stream of JSON Lines; blank lines are passed over. Raises `BadStream` naming the line."""
    known: dict[str, StreamLine] = {}  # a long stream has few different lines
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

    Minimums, required states that do not occur and the exemption of a `told` with few spells are left out. A stream
    without a line is one run without data.
    """
    kinds: dict[EvidenceEvent, int] = {}
    runs: dict[str | int | None, array[int]] = {}
    for observation in parse_stream(lines):
        kind = kinds.setdefault(observation.evidence_event, len(kinds))
        runs.setdefault(observation.run, array("L")).append(kind)
    evidence_events = tuple(kinds)
    return tuple(
        _judged(run, order, evidence_events, stage, plan) for run, order in (runs or {None: array("L")}).items()
    )


def looks(lines: Iterable[str], stage: Stage, plan: Plan) -> Iterator[LookResult]:
    """Judge every run of a stream, and show each look: a result a line, run by run."""
    runs: dict[str | int | None, list[EvidenceEvent]] = {}
    for observation in parse_stream(lines):
        runs.setdefault(observation.run, []).append(observation.evidence_event)
    for run, evidence_events in runs.items():
        judged = _Run(list(dict.fromkeys(evidence_events)), stage, plan)
        for evidence_event in evidence_events:
            judged.count(evidence_event)
            yield judged.look(run, evidence_event)


def _needed(process: EvidenceProcess, beta: float, tally: EventTally) -> int:
    return 0 if process.promote is None else needed(process.promote, beta, tally)


class _SingleTest:
    """One test of one run: its tally, and how many clean ones its proof still takes."""

    def __init__(self, process: EvidenceProcess, beta: float) -> None:
        self.process = process
        self._tally = EventTally()
        self._beta = beta
        self._needed = _needed(process, beta, self._tally)
        self._clean = 0  # counted only when somebody looks: a clean one rolls nothing back

    @property
    def tally(self) -> EventTally:
        """What was counted so far."""
        if self._clean:
            self._tally, self._clean = self.process.fold_clean(self._tally, self._clean), 0
        return self._tally

    def count(self, *, event: bool) -> bool:
        """Enter one observation; returns whether a rollback is due."""
        if not event and not self.process.open_ended:
            self._clean += 1
            self._needed -= bool(self._needed)
            return False
        self._tally = self.process.fold(self.tally, event=event)
        if event:
            self._needed = _needed(self.process, self._beta, self._tally)
        else:
            self._needed -= bool(self._needed)
        return self.process.crossed(self._tally)

    @property
    def is_proven(self) -> bool:
        return not self._needed


class _Run:
    """One run while it is judged: its tests, and what they have shown so far."""

    def __init__(self, evidence_events: Collection[EvidenceEvent], stage: Stage, plan: Plan) -> None:
        self._battery = Battery.of(
            plan,
            stage,
            guardrails={evidence_event.guardrail for evidence_event in evidence_events},
        )
        trials = {key: _SingleTest(process, self._battery.beta) for key, process in self._battery.processes.items()}
        self._noise = trials.get((Guardrail.NOISE, None))
        self._trials = trials
        occurring = {key for evidence_event in evidence_events for key in evidence_event.counted_in}
        self._required = [trials[key] for key in sorted(self._battery.required & occurring, key=str)]
        silent = {key for key in trials if key[0] in {Guardrail.NOISE, *self._battery.dry_run}}
        self._armed = {id(trial) for key, trial in trials.items() if key not in silent}
        self._counted = {
            evidence_event: [trials[key] for key in evidence_event.counted_in if key in trials]
            for evidence_event in evidence_events
        }
        self.seen = 0
        self.rollback_at: int | None = None
        self.promotable_at: int | None = None

    def count(self, evidence_event: EvidenceEvent) -> None:
        """Enter one line."""
        self.seen += 1
        for trial in self._counted[evidence_event]:
            crossed = trial.count(event=evidence_event.event)
            if crossed and self.rollback_at is None and id(trial) in self._armed:
                self.rollback_at = self.seen
        if self.promotable_at is None and self.rollback_at is None and self._is_proven():
            self.promotable_at = self.seen

    def verdict(self) -> Verdict:
        """What the judge says by now."""
        if self.rollback_at is not None:
            return Verdict.ROLLBACK
        if not self._required or (self._noise is not None and self._noise.process.crossed(self._noise.tally)):
            return Verdict.HOLD
        return Verdict.PROMOTABLE if self._is_proven() else Verdict.CONTINUE

    def look(self, run: str | int | None, evidence_event: EvidenceEvent) -> LookResult:
        """What the line just entered led to, on the line of the table that it counts for."""
        key = evidence_event.counted_in[-1]
        row = self._battery.row(key, self._trials[key].tally) if key in self._trials else None
        return LookResult(
            run=run,
            line=self.seen,
            guardrail=evidence_event.guardrail,
            stratum=evidence_event.stratum,
            event=evidence_event.event,
            verdict=self.verdict(),
            e_value=row.e_value if row else 0.0,
            limit=row.limit if row else 0.0,
            spent=row.spent if row else 0.0,
            bound=row.bound if row else 1.0,
            needed=row.needed if row else 0,
        )

    def _is_proven(self) -> bool:
        return bool(self._required) and all(trial.is_proven for trial in self._required)


def _judged(
    run: str | int | None, order: Iterable[int], kinds: Sequence[EvidenceEvent], stage: Stage, plan: Plan
) -> RunResult:
    order = tuple(order)
    judged = _Run([kinds[kind] for kind in sorted(set(order))], stage, plan)
    for kind in order:
        judged.count(kinds[kind])
    return RunResult(
        run=run, verdict=judged.verdict(), rollback_at=judged.rollback_at, promotable_at=judged.promotable_at
    )


def _observation(number: int, line: str) -> StreamLine:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadStream(
            f"line {number}: is not JSON ({error}): write one object a line, such as "
            '{"guardrail": "wrong", "event": false}'
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
    evidence_event = EvidenceEvent(Guardrail(document["guardrail"]), document["event"], stratum=stratum, whole=whole)
    return StreamLine(run, evidence_event)
