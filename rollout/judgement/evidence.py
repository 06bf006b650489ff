"""The evidence so far: a tally for every guardrail and stratum, folded event by event."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rollout.judgement.enums import ONE_RIGHT, Guardrail, Stage
from rollout.judgement.plan import Plan
from rollout.judgement.sequential import EventTally, EvidenceProcess, needed, risk_of_version, upper_bound
from understudy.record import Record

WITH_STRATA: Final = (Guardrail.WRONG, Guardrail.WORSE)
"""The guardrails that count spells: `wrong` by the named state, `worse` where one monitor alone was right."""

_ALARM_EVERY = 1e6  # observations between two false alarms in a stage without end, over all guardrails
_OPEN_ENDED = frozenset({Stage.PRODUCTION, Stage.RETIRED})

STARTS_AGAIN: Final = "starts again: "
"""The prefix of the subject of a kept row that is a restart of the count, not an observation."""

Key = tuple[Guardrail, str | None]
"""A guardrail and one of its strata; None for the guardrail as a whole."""


@dataclass(frozen=True, slots=True)
class EvidenceEvent:
    """One yes or no that a guardrail counts."""

    guardrail: Guardrail
    event: bool
    stratum: str | None = None
    whole: bool = True
    """True if it counts for the guardrail as a whole too."""
    subject: str = ""
    """The spell, look or cycle that it comes from."""
    at: float | None = None
    """Seconds since the epoch."""
    starts_again: bool = False
    """Not an observation: the counts are dropped, because the definition of the counted unit has changed."""

    @property
    def counted_in(self) -> tuple[Key, ...]:
        """The tallies that count it."""
        in_stratum = ((self.guardrail, self.stratum),) if self.stratum and self.guardrail in WITH_STRATA else ()
        return (*(((self.guardrail, None),) if self.whole else ()), *in_stratum)


class EvidenceLine(Record):
    """One line of the evidence table."""

    guardrail: Guardrail
    stratum: str | None
    e_value: float
    limit: float
    """The e-value at which it is shown to be unsafe."""
    bouts: int
    """Units that were counted: spells, looks or cycles."""
    events: int
    bound: float
    """The rate is proven to be below this share."""
    needed: int
    """Clean results to go until this line holds no promotion."""
    unsafe: float | None
    """The rate that must be shown to be exceeded; None where this line can only prove."""
    promote: float | None
    """The rate that must be shown not to be reached; None where this line can only be unsafe."""
    spent: float
    """Rollback pressure: the share of the way to `limit`, 0 to 1."""
    crossed: bool
    """True if it was ever shown to be unsafe."""
    crossed_now: bool = False
    """True if it is shown to be unsafe by what is counted now."""
    dry_run: bool = False
    """True if it is only shown: it causes no rollback and holds no promotion."""

    @property
    def subject(self) -> str:
        """Its name in a sentence: `wrong in waiting_approval`."""
        if self.stratum == ONE_RIGHT:
            return f"{self.guardrail} where one monitor alone was right"
        return f"{self.guardrail} in {self.stratum}" if self.stratum else str(self.guardrail)

    @property
    def unit(self) -> str:
        """The units that it counts, in the plural."""
        if self.stratum == ONE_RIGHT:
            return "spells in which one monitor alone was right"
        return f"{self.stratum} spells" if self.stratum else self.guardrail.unit


@dataclass(frozen=True, slots=True)
class Battery:
    """The tests of one stage: which guardrails and strata are counted, and against which rates."""

    processes: Mapping[Key, EvidenceProcess]
    beta: float
    """The promotion risk that this version of the candidate spends."""
    required: frozenset[Key]
    """The tests whose proof a promotion needs."""
    few_told: int
    """Below so many spells in which the incumbent acted rightly, `told` needs no proof."""
    dry_run: frozenset[Guardrail] = frozenset()
    """The guardrails that are only shown."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        stage: Stage,
        *,
        version: int = 1,
        waived: Collection[str] = (),
        guardrails: Collection[Guardrail] | None = None,
    ) -> "Battery":
        """Lay out the tests of a stage for the `version`-th version of a candidate.

        `waived` are the states that a person took out of what a promotion needs; `guardrails` narrows the tests to
        those that occur.
        """
        guarded = [name for name in plan.guardrails if guardrails is None or name in guardrails]
        if stage is Stage.RETIRED:  # only the candidate is left
            guarded = [name for name in guarded if name is Guardrail.FAILURE]
        dry_run = frozenset(name for name in guarded if plan.guardrails[name].dry_run)
        processes: dict[Key, EvidenceProcess] = {}

        def lay(key: Key, unsafe: float | None, promote: float | None, limit: float) -> None:
            open_ended = stage in _OPEN_ENDED
            alarm = _ALARM_EVERY * plan.alpha * limit if open_ended else limit
            processes[key] = EvidenceProcess(unsafe=unsafe, promote=promote, limit=alarm, open_ended=open_ended)

        required = set[Key]()
        for name in guarded:
            limits, promote = plan.guardrails[name], plan.guardrails[name].promote_from(stage)
            required.add((name, None))
            if name is Guardrail.WORSE:  # proven over all spells, unsafe by those in which the two differ
                lay((name, None), None, promote, limits.limit)
                lay((name, ONE_RIGHT), limits.unsafe, None, limits.limit)
                continue
            lay((name, None), limits.unsafe, promote, limits.limit)
            for state, by_itself in plan.states.items() if name is Guardrail.WRONG else ():
                lay((name, state), by_itself.unsafe, by_itself.promote_from(stage), by_itself.limit)
                if by_itself.required and state not in waived:
                    required.add((name, state))
        if stage is not Stage.RETIRED and (guardrails is None or Guardrail.NOISE in guardrails):
            noise = plan.noise
            processes[Guardrail.NOISE, None] = EvidenceProcess(
                unsafe=noise.unsafe, promote=noise.promote_from(stage), limit=noise.limit
            )
        return cls(
            processes=processes,
            beta=risk_of_version(plan.beta, version),
            required=frozenset(key for key in required if key[0] not in dry_run),
            few_told=plan.few_told,
            dry_run=dry_run,
        )

    def exempt(self, key: Key, tally: EventTally) -> bool:
        """Return whether a promotion needs no proof of this: not required, or too few right actions to compare."""
        few = key == (Guardrail.TOLD, None) and tally.bouts < self.few_told
        return few or key not in self.required

    def row(self, key: Key, tally: EventTally) -> EvidenceLine:
        """One line of the table."""
        process = self.processes[key]
        if not process.counts(tally):
            tally = EventTally()
        free = process.promote is None or self.exempt(key, tally)
        return EvidenceLine(
            guardrail=key[0],
            stratum=key[1],
            e_value=tally.peak if process.crossed(tally) else process.e_value(tally),
            limit=process.limit,
            bouts=tally.bouts,
            events=tally.events,
            bound=upper_bound(self.beta, tally),
            needed=0 if free or process.promote is None else needed(process.promote, self.beta, tally),
            unsafe=process.unsafe,
            promote=process.promote,
            spent=process.spent(tally),
            crossed=process.crossed(tally),
            crossed_now=process.is_crossed_now(tally),
            dry_run=key[0] in self.dry_run,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """All tallies of one stage. Promotion evidence starts afresh with each stage: begin with `Evidence()` there."""

    tallies: Mapping[Key, EventTally] = field(default_factory=dict)

    def fold(self, evidence_events: Iterable[EvidenceEvent], battery: Battery) -> "Evidence":
        """Count events in their order; events that the battery does not test are skipped."""
        tallies = dict(self.tallies)
        for evidence_event in evidence_events:
            for key in evidence_event.counted_in:
                if evidence_event.starts_again:
                    tallies.pop(key, None)
                elif (process := battery.processes.get(key)) is not None:
                    tallies[key] = process.fold(
                        tallies.get(key, EventTally()), evidence_event.at, event=evidence_event.event
                    )
        return Evidence(tallies)

    def of(self, guardrail: Guardrail, stratum: str | None = None) -> EventTally:
        """Return the tally of one guardrail, or of one stratum of it."""
        return self.tallies.get((guardrail, stratum), EventTally())

    def table(self, battery: Battery) -> tuple[EvidenceLine, ...]:
        """Every line: the guardrails in the plan's order, each with its strata behind it."""
        return tuple(battery.row(key, self.tallies.get(key, EventTally())) for key in battery.processes)

    def keep(self) -> "StoredEvidence":
        """As a record that can be stored as JSON."""
        return StoredEvidence(
            tallies=tuple(
                StoredTally(guardrail=key[0], stratum=key[1], tally=value) for key, value in self.tallies.items()
            )
        )


class StoredTally(Record):
    """One tally with its place."""

    guardrail: Guardrail
    stratum: str | None
    tally: EventTally


class StoredEvidence(Record):
    """The evidence as stored: exact to the last bit of every stake."""

    tallies: tuple[StoredTally, ...] = ()

    def restore(self) -> Evidence:
        """Return the evidence to continue with."""
        return Evidence({(kept.guardrail, kept.stratum): kept.tally for kept in self.tallies})
