"""What has been shown so far: a tally for every guardrail and stratum, folded fact by fact."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from contract.record import Record
from rollout.judgement.plan import Limits, Plan, StratumPlan
from rollout.judgement.sequential import Process, Tally, needed, upper_bound
from rollout.judgement.words import Guardrail, Stage

WITH_STRATA: Final = (Guardrail.CANDIDATE_WRONG, Guardrail.ACTION_DIFFERENCE)
"""The guardrails that count bouts, and so have strata."""

_STRATA_SHARE = 0.25  # of a guardrail's alpha: all strata together; the rest is the guardrail's as a whole
_ALARM_EVERY = 1e6  # observations between two false alarms in a stage without end, over all guardrails
_OPEN_ENDED = frozenset({Stage.PRODUCTION, Stage.RETIRED})

STARTS_AGAIN: Final = "starts again: "
"""How the subject of a kept row begins that is no observation: there the count began anew."""

Key = tuple[Guardrail, str | None]
"""A guardrail and one of its strata; None for the guardrail as a whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One yes or no that a guardrail counts."""

    guardrail: Guardrail
    event: bool
    stratum: str | None = None
    whole: bool = True
    """Whether it counts for the guardrail as a whole too: a bout of two strata does so only once."""
    subject: str = ""
    """The bout, look or cycle that it comes from."""
    at: float | None = None
    """Seconds since the epoch."""
    starts_again: bool = False
    """No observation: what was counted there is dropped, because what is counted there has changed."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """Where it counts."""
        in_stratum = ((self.guardrail, self.stratum),) if self.stratum and self.guardrail in WITH_STRATA else ()
        return (*(((self.guardrail, None),) if self.whole else ()), *in_stratum)


class Row(Record):
    """One line of the evidence table."""

    guardrail: Guardrail
    stratum: str | None
    e_value: float
    limit: float
    """The e-value at which a rollback is due."""
    bouts: int
    events: int
    bound: float
    """The rate is shown to be below this share."""
    needed: int
    """So many more clean ones until this line stands in the way of no promotion."""
    budget: float
    """The rate that a rollback must show to be exceeded."""
    target: float
    """The rate that a promotion must show not to be reached."""
    spent: float
    """How much of the way to a rollback is gone, 0 to 1."""
    crossed: bool
    """Whether a rollback is due."""
    dry_run: bool = False
    """Whether it is only shown: it rolls nothing back, and stands in the way of nothing."""

    @property
    def subject(self) -> str:
        """Its name in a sentence: `action_difference in draft`."""
        return f"{self.guardrail} in {self.stratum}" if self.stratum else str(self.guardrail)


@dataclass(frozen=True, slots=True)
class Battery:
    """The tests of one stage: which guardrails and strata are counted, and against what."""

    processes: Mapping[Key, Process]
    beta: float
    required: frozenset[Key]
    """The tests whose proof a promotion needs."""
    few_differ: int
    """Below so many settled bouts that differ, `candidate_wrong` needs no proof."""
    dry_run: frozenset[Guardrail] = frozenset()
    """The guardrails that are only shown."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        stage: Stage,
        *,
        guardrails: Collection[Guardrail] | None = None,
        strata: Collection[str] | None = None,
    ) -> "Battery":
        """Lay out the tests of a stage; `guardrails` and `strata` narrow them to those that occur."""
        guarded = [name for name in plan.guardrails if guardrails is None or name in guardrails]
        if stage is Stage.RETIRED:  # nobody is left to be compared with
            guarded = [name for name in guarded if name is Guardrail.FAILURE]
        dry_run = frozenset(name for name in guarded if plan.guardrails[name].dry_run)
        armed = max(1, len(guarded) - len(dry_run))  # what is only shown takes nothing of alpha
        names = list(plan.strata) if strata is None else sorted(strata)
        open_ended = stage in _OPEN_ENDED
        processes: dict[Key, Process] = {}

        def lay(key: Key, budget: float, bound: float, share: float) -> None:
            limit = _ALARM_EVERY / share if open_ended else 1 / (plan.alpha * share)
            processes[key] = Process(budget=budget, bound=bound, limit=limit, open_ended=open_ended)

        for guardrail in guarded:
            limits, share = plan.guardrails[guardrail], 1 / armed
            split = bool(names) and guardrail in WITH_STRATA
            lay((guardrail, None), limits.budget, limits.bound, share * (1 - _STRATA_SHARE if split else 1))
            for stratum in names if split else ():
                bound = _in_stratum(plan, guardrail, stratum)
                lay((guardrail, stratum), bound, bound, share * _STRATA_SHARE / len(names))
        if stage is not Stage.RETIRED and (guardrails is None or Guardrail.NOISE in guardrails):
            processes[Guardrail.NOISE, None] = _noise(plan.noise, plan.alpha)
        needs_proof = {(guardrail, None) for guardrail in guarded} | {
            (Guardrail.ACTION_DIFFERENCE, name) for name in names if name in plan.required_strata
        }
        return cls(
            processes=processes,
            beta=plan.beta,
            required=frozenset(key for key in needs_proof & set(processes) if key[0] not in dry_run),
            few_differ=plan.few_differ,
            dry_run=dry_run,
        )

    def exempt(self, key: Key, tally: Tally) -> bool:
        """Whether a promotion needs no proof of this: not required, or too few bouts differ to ask who was right."""
        few = key == (Guardrail.CANDIDATE_WRONG, None) and tally.bouts < self.few_differ
        return few or key not in self.required

    def row(self, key: Key, tally: Tally) -> Row:
        """One line of the table."""
        process = self.processes[key]
        if tally.against != (process.budget, process.bound):
            tally = Tally()
        return Row(
            guardrail=key[0],
            stratum=key[1],
            e_value=tally.peak if process.crossed(tally) else process.e_value(tally),
            limit=process.limit,
            bouts=tally.bouts,
            events=tally.events,
            bound=upper_bound(self.beta, tally),
            needed=0 if self.exempt(key, tally) else needed(process.bound, self.beta, tally),
            budget=process.budget,
            target=process.bound,
            spent=process.spent(tally),
            crossed=process.crossed(tally),
            dry_run=key[0] in self.dry_run,
        )


def _in_stratum(plan: Plan, guardrail: Guardrail, name: str) -> float:
    stratum = plan.strata.get(name, StratumPlan())
    return stratum.candidate_wrong if guardrail is Guardrail.CANDIDATE_WRONG else stratum.bound


def _noise(limits: Limits, alpha: float) -> Process:
    return Process(budget=limits.budget, bound=limits.bound, limit=1 / alpha)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All tallies of one stage. Promotion evidence starts afresh with each stage: begin with `Evidence()` there."""

    tallies: Mapping[Key, Tally] = field(default_factory=dict)

    def fold(self, facts: Iterable[Fact], battery: Battery) -> "Evidence":
        """Count facts, in the order in which they came; what the battery does not test is passed over."""
        tallies = dict(self.tallies)
        for fact in facts:
            for key in fact.keys:
                if fact.starts_again:
                    tallies.pop(key, None)
                elif (process := battery.processes.get(key)) is not None:
                    tallies[key] = process.fold(tallies.get(key, Tally()), fact.at, event=fact.event)
        return Evidence(tallies)

    def of(self, guardrail: Guardrail, stratum: str | None = None) -> Tally:
        """What one guardrail, or one stratum of it, has counted."""
        return self.tallies.get((guardrail, stratum), Tally())

    def table(self, battery: Battery) -> tuple[Row, ...]:
        """Every line: the guardrails in the plan's order, each with its strata behind it."""
        return tuple(battery.row(key, self.tallies.get(key, Tally())) for key in battery.processes)

    def keep(self) -> "EvidenceKept":
        """As a record that can be stored as JSON."""
        return EvidenceKept(
            tallies=tuple(
                KeptTally(guardrail=key[0], stratum=key[1], tally=value) for key, value in self.tallies.items()
            )
        )


class KeptTally(Record):
    """One tally with its place."""

    guardrail: Guardrail
    stratum: str | None
    tally: Tally


class EvidenceKept(Record):
    """Evidence as it is stored: exact, to the last bit of every stake."""

    tallies: tuple[KeptTally, ...] = ()

    def restore(self) -> Evidence:
        """Go on from here."""
        return Evidence({(kept.guardrail, kept.stratum): kept.tally for kept in self.tallies})
