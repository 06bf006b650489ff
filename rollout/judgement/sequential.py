"""The sequential test behind every guardrail: valid at every look, however many looks there are.

Against the budget runs an *e-process*: a stake that, as long as the true rate keeps within the budget, cannot be
expected to grow. Ville's inequality: the chance that it *ever* reaches 1/alpha is at most alpha. It is a mixture over
alternative rates p1, and over the moments at which the rate may have gone up: fresh stakes are laid at the start and at
every 200th observation (more often against a large budget), so that a late regression is not drowned in a long clean
past.

Against the bound runs a second one: a rate of `bound` or more would let it reach 1/beta with a chance of at most beta.
It needs only the two counts.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_BLOCKS: Final = (20, 200)  # fewest and most observations between two fresh stakes
_CEILING: Final = 1e300  # a stake is cut off here: it only grows less, so the risk only shrinks; and it stays a number
_DOUBLINGS = tuple(2**power for power in range(1, 9))
_HALF_WAY = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.94)
_BELOW = (0.02, 0.05, 0.1, 0.2, 0.4)


@lru_cache(maxsize=256)
def alternatives(budget: float) -> tuple[float, ...]:
    """The rates that the stake is laid on: multiples of a small budget, steps towards certainty above a large one."""
    if budget >= 0.25:  # noqa: PLR2004 - from here on hardly a doubling is left below 1
        return tuple(budget + (1 - budget) * share for share in _HALF_WAY)
    return tuple(budget * factor for factor in _DOUBLINGS if budget * factor < 1)


@lru_cache(maxsize=256)
def block(budget: float) -> int:
    """Observations between two fresh stakes: the larger the budget, the faster clean ones eat a stake up."""
    fewest, most = _BLOCKS
    return min(most, max(fewest, round(2 / budget)))


@lru_cache(maxsize=256)
def _ratios(budget: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The likelihood ratios of a clean observation and of an event, an entry per alternative."""
    rates = alternatives(budget)
    return tuple((1 - rate) / (1 - budget) for rate in rates), tuple(rate / budget for rate in rates)


@dataclass(frozen=True, slots=True)
class EventTally:
    """The counts of one guardrail, or of one stratum of it. Folded event by event; small, plain, and kept as JSON."""

    bouts: int = 0
    """Observations: bouts, looks or cycles."""
    events: int = 0
    wealth: tuple[float, ...] = ()
    """The stake per alternative rate."""
    laid: float = 0.0
    """The share of the stake that was laid so far; the rest is still in the pocket."""
    peak: float = 0.0
    """The highest e-value so far: once over the limit, for ever over it."""
    at: float | None = None
    """The time of the last observation, in seconds since the epoch."""
    against: tuple[float | None, float | None] = (0.0, 0.0)
    """The two rates that it was counted against, as `EvidenceProcess` has them: against others it proves nothing."""


@dataclass(frozen=True, slots=True)
class EvidenceProcess:
    """The test of one guardrail, or of one stratum of it. `limit` is the e-value at which it is shown to be unsafe."""

    unsafe: float | None
    """The rate that must not be exceeded; None where this line can only prove."""
    promote: float | None
    """The rate that must be shown not to be reached; None where this line can only be shown unsafe."""
    limit: float
    open_ended: bool = False
    """A detector for a stage without end: alarms once in `limit` observations on average while all is well."""

    def fold(self, tally: EventTally, at: float | None = None, *, event: bool) -> EventTally:
        """Count one observation. A tally that was counted against other rates starts again."""
        tally = self._own(tally)
        if self.unsafe is None:
            return replace(tally, bouts=tally.bouts + 1, events=tally.events + event, at=tally.at if at is None else at)
        stake = 1.0 if self.open_ended else _stake(tally.bouts, block(self.unsafe))
        ratios = _ratios(self.unsafe)[event]
        wealth = tally.wealth or (0.0,) * len(ratios)
        grown = tuple([(have + stake) * ratio for have, ratio in zip(wealth, ratios, strict=True)])
        laid = 0.0 if self.open_ended else tally.laid + stake
        peak = tally.peak
        if event or self.open_ended:  # a clean observation takes from every stake that is laid
            grown = tuple([min(stake, _CEILING) for stake in grown])
            peak = max(peak, self._value(grown, laid))
        return EventTally(
            bouts=tally.bouts + 1,
            events=tally.events + event,
            wealth=grown,
            laid=laid,
            peak=peak,
            at=tally.at if at is None else at,
            against=tally.against,
        )

    def fold_clean(self, tally: EventTally, many: int) -> EventTally:
        """Count so many clean observations one after the other: as `fold` does, to the last bit, and faster."""
        if not many:
            return tally
        tally = self._own(tally)
        if self.unsafe is None:
            return replace(tally, bouts=tally.bouts + many)
        if self.open_ended:  # its value grows by itself, and is looked at every time
            for _ in range(many):
                tally = self.fold(tally, event=False)
            return tally
        ratios, every, laid = _ratios(self.unsafe)[False], block(self.unsafe), tally.laid
        wealth = list(tally.wealth) or [0.0] * len(ratios)
        for observed in range(tally.bouts, tally.bouts + many):
            if stake := 0.0 if observed % every else _stake(observed, every):
                laid += stake
                wealth = [have + stake for have in wealth]
            wealth = [have * ratio for have, ratio in zip(wealth, ratios, strict=True)]
        return replace(tally, bouts=tally.bouts + many, wealth=tuple(wealth), laid=laid)

    def e_value(self, tally: EventTally) -> float:
        """Return the e-value against the rate: 1 is no evidence, at `limit` it is unsafe."""
        if not tally.wealth:
            return 0.0 if self.open_ended else 1.0
        return self._value(tally.wealth, tally.laid)

    def crossed(self, tally: EventTally) -> bool:
        """Return whether the rate was ever shown to be above the unsafe one."""
        return self.unsafe is not None and tally.peak >= self.limit

    def is_crossed_now(self, tally: EventTally) -> bool:
        """Return whether the counts show it at this moment; clean observations take it back."""
        return self.unsafe is not None and self.e_value(tally) >= self.limit

    def spent(self, tally: EventTally) -> float:
        """Return the share of the way to the limit, 0 to 1, in orders of magnitude."""
        value = max(self.e_value(tally), tally.peak if self.crossed(tally) else 0.0)
        return min(1.0, max(0.0, math.log(value) / math.log(self.limit))) if value > 0 else 0.0

    def counts(self, tally: EventTally) -> bool:
        """Return whether a tally was counted against these rates."""
        return tally.against == (self.unsafe, self.promote)

    def _own(self, tally: EventTally) -> EventTally:
        return tally if self.counts(tally) else EventTally(against=(self.unsafe, self.promote))

    def _value(self, wealth: tuple[float, ...], laid: float) -> float:
        mean = sum(wealth) / len(wealth)
        return mean if self.open_ended else mean + (1.0 - laid)


def _stake(observed: int, every: int) -> float:
    """The share of the stake that is laid before observation `observed + 1`; over all time they add up to one."""
    if observed == 0:
        return 0.5
    number, within = divmod(observed, every)
    return 0.0 if within else 0.5 / (number * (number + 1))


def proof(bound: float, bouts: int, events: int) -> float:
    """Return the evidence against a rate of `bound` or more; 1/beta is a proof."""
    clean = bouts - events
    total = 0.0
    for share in _BELOW:
        power = events * math.log(share) + clean * (math.log1p(-bound * share) - math.log1p(-bound))
        total += math.exp(min(power, 690.0))
    return total / len(_BELOW)


def proven(bound: float, beta: float, bouts: int, events: int) -> bool:
    """Return whether the counts show the rate to be below the bound."""
    return proof(bound, bouts, events) >= 1 / beta


def risk_of_version(beta: float, version: int) -> float:
    """The share of the promotion risk `beta` that the `version`-th version of a candidate spends, counted from 1.

    All versions together spend `beta`: the first 6/7 of it, the others the rest, divided by k(k-1). Without this, a
    bad candidate that is changed and tried again is promoted sooner or later: 14 versions at 5 % each reach 51 %. The
    first one gets the most because the rarest state decides how long a rollout takes (16 clean spells below 20 %).
    """
    return beta * 6 / 7 if version <= 1 else beta / 7 / (version * (version - 1))


def needed(bound: float, beta: float, tally: EventTally) -> int:
    """Return the number of clean observations that a proof below the bound still needs; 0 once it is proven."""
    return _needed(bound, beta, tally.bouts, tally.events)


def upper_bound(beta: float, tally: EventTally) -> float:
    """The smallest rate that the counts prove theirs to be below, at any look; 1 while they prove nothing."""
    return _upper_bound(beta, tally.bouts, tally.events)


@lru_cache(maxsize=4096)  # most lines of a table are the same from one cycle to the next
def _needed(bound: float, beta: float, bouts: int, events: int) -> int:
    def short_of(more: int) -> bool:
        return not proven(bound, beta, bouts + more, events)

    if not short_of(0):
        return 0
    enough = 1
    while short_of(enough):
        enough *= 2
    short = enough // 2
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (middle, enough) if short_of(middle) else (short, middle)
    return enough


@lru_cache(maxsize=4096)
def _upper_bound(beta: float, bouts: int, events: int) -> float:
    if bouts == events:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if proven(middle, beta, bouts, events) else (middle, high)
    return high
