"""The judge over a stream that somebody kept: what it would have said, and when."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.record import Record
from rollout.judgement.evidence import Battery, Fact, Key
from rollout.judgement.plan import Plan
from rollout.judgement.sequential import Tally, proven
from rollout.judgement.words import Guardrail, Stage, Verdict


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
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _observation(number, line)


def backtest(lines: Iterable[str], stage: Stage, plan: Plan) -> tuple[RunResult, ...]:
    """Judge every run of a stream, in the order in which they appear.

    Alpha is split over the guardrails that occur in a run. Floors, coverage, required strata that do not occur and the
    exemption of fewer than five differing bouts are left out. A stream without a line is one run without data.
    """
    runs: dict[str | int | None, list[Fact]] = {}
    for observation in parse_stream(lines):
        runs.setdefault(observation.run, []).append(observation.fact)
    return tuple(_judged(run, facts, stage, plan) for run, facts in (runs or {None: []}).items())


def _judged(run: str | int | None, facts: list[Fact], stage: Stage, plan: Plan) -> RunResult:
    guardrails = {fact.guardrail for fact in facts}
    strata = {fact.stratum for fact in facts if fact.stratum is not None}
    battery = Battery.of(plan, stage, guardrails=guardrails, strata=strata, exempt_few=False)
    tallies: dict[Key, Tally] = {}
    missing = dict.fromkeys(battery.required, True)
    rollback_at = promotable_at = None
    for number, fact in enumerate(facts, 1):
        for key in fact.keys:
            process = battery.processes.get(key)
            if process is None:
                continue
            tally = tallies[key] = process.fold(tallies.get(key, Tally()), event=fact.event)
            if key in missing:
                missing[key] = not proven(process.bound, battery.beta, tally.bouts, tally.events)
            if rollback_at is None and process.crossed(tally) and fact.guardrail is not Guardrail.NOISE:
                rollback_at = number
        if promotable_at is None and rollback_at is None and missing and not any(missing.values()):
            promotable_at = number
    noisy = any(battery.processes[key].crossed(tally) for key, tally in tallies.items() if key[0] is Guardrail.NOISE)
    if rollback_at is not None:
        verdict = Verdict.ROLLBACK
    elif not missing or not tallies or noisy:
        verdict = Verdict.HOLD
    else:
        verdict = Verdict.CONTINUE if any(missing.values()) else Verdict.PROMOTABLE
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
