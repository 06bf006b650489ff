"""A fleet of agents by the clock, what two monitors say of it, and the bouts that come of that.

An agent is busy, idle, waits for approval, has a draft, or is gone, each for a while; the incumbent is right all the
time, the candidate is not. Time goes in looks of ten seconds. The bouts are made here pane by pane and change by change
instead of look by look, which is what lets hundreds of nights be judged in a minute; `test_decision_twins.py` proves
that they are the bouts which `shadow.compare` and `shadow.bouts` make of the same fleet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, NamedTuple

from contract import AgentState
from shadow.actions import Episode, How, Seat, acts
from shadow.bouts import BoutRules, Windows

LOOK_S: Final = 10.0
_SHORTEST_S: Final = 3 * LOOK_S  # no state is over before both monitors have had a second look at it

BUSY, IDLE = AgentState.BUSY, AgentState.IDLE
WAITING, DRAFT, CRASHED = AgentState.WAITING_APPROVAL, AgentState.UNSUBMITTED_INPUT, AgentState.CRASHED

WANTS: Final[dict[AgentState, frozenset[str]]] = {
    BUSY: frozenset(),
    IDLE: frozenset({"notify_manager:idle"}),
    WAITING: frozenset({"notify_manager:approval"}),
    DRAFT: frozenset({"submit_draft"}),
    CRASHED: frozenset({"notify_manager:crash"}),
}
"""What a monitor that says so wants done."""
_LASTS_S: Final = {BUSY: 420.0, IDLE: 300.0, WAITING: 120.0, DRAFT: 120.0, CRASHED: 180.0}
_FOLLOWS: Final = {
    BUSY: ((IDLE, 0.6), (WAITING, 0.2), (DRAFT, 0.12), (CRASHED, 0.08)),
    IDLE: ((BUSY, 0.85), (DRAFT, 0.1), (CRASHED, 0.05)),
    WAITING: ((BUSY, 1.0),),
    DRAFT: ((BUSY, 1.0),),
    CRASHED: ((BUSY, 0.5), (IDLE, 0.5)),
}
_TAKEN_FOR: Final = {BUSY: IDLE, IDLE: BUSY, WAITING: BUSY, DRAFT: IDLE, CRASHED: CRASHED}
"""A candidate that is wrong. A crash that it missed would be a hard guard's: here the evidence has to do it alone."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How the candidate is wrong."""

    share: float
    """Of agent-time, over all agents there might be."""
    alike: float = 0.0
    """Intra-class correlation: how much the share of one agent tells about its next hour."""
    episode_s: float | None = None
    """It is wrong for so long at a time; None: from one state of an agent to its next, anew each time."""
    begins_s: float = 0.0
    """An update at this instant hits all panes at once; before it the candidate is right."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One pane from an instant on: what each monitor says."""

    began: float
    incumbent: AgentState
    candidate: AgentState


@dataclass(frozen=True, slots=True)
class Kind:
    """All that the evidence asks of a bout: both sides with what they want, acts within their windows put together."""

    incumbent: AgentState
    candidate: AgentState
    incumbent_wants: frozenset[str]
    candidate_wants: frozenset[str]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return self.incumbent is self.candidate and self.incumbent_wants == self.candidate_wants


@dataclass(frozen=True, slots=True)
class SettledBout:
    """One bout of one pane."""

    settled_at: float
    began: float
    pane: int
    kind: Kind
    counts: bool


class _Span(NamedTuple):
    """One wish of one monitor while it stands."""

    opened: float
    closed: float
    seat: Seat
    wish: str

    @property
    def episode(self) -> Episode:
        """As the product knows it."""
        closed = None if self.closed == float("inf") else self.closed
        return Episode(seat=self.seat, wish=self.wish, opened=self.opened, closed=closed)


def fleet(rng: Random, panes: int, hours: float, trouble: Trouble) -> Iterator[list[Stretch]]:
    """Draw every pane's time."""
    until = hours * 3600
    for _ in range(panes):
        share = _share(rng, trouble)
        truth = _truth(rng, until)
        wrong = _episodes(rng, share, trouble.episode_s, until) if trouble.episode_s else None
        yield _merged(_stretches(rng, truth, share, wrong, trouble.begins_s))


def bouts_of(pane: int, stretches: Sequence[Stretch], until: float, rules: BoutRules) -> Iterator[SettledBout]:
    """The bouts of one pane that are settled by `until`, in the order of their beginnings."""
    spans = _spans(stretches) if any(one.incumbent is not one.candidate for one in stretches) else []
    counted: dict[Kind, float] = {}
    ends = [*(after.began for after in stretches[1:]), float("inf")]
    found = list[tuple[float, Stretch, Kind]]()
    for number, (one, end) in enumerate(zip(stretches, ends, strict=True)):
        settled_at = min(end - LOOK_S + _up(rules.settling_s), one.began + _up(rules.at_latest_s))
        if settled_at > until:
            continue
        seen = min(end - LOOK_S, settled_at)
        plain = one.incumbent is one.candidate
        before = stretches[number - 1] if number else one
        if plain and before.incumbent is before.candidate:  # both began to want it at this very look
            kind = _agreed(one.incumbent)
        else:
            oldest = settled_at - rules.at_latest_s - rules.settling_s  # what ended before that is forgotten
            known = (span for span in spans if span.opened <= settled_at and span.closed >= oldest)
            kind = _kind(one, seen, [span.episode for span in known], rules.windows)
        found.append((settled_at, one, kind))
    for settled_at, one, kind in sorted(found, key=lambda bout: (bout[0], bout[1].began)):
        counts = one.began - counted.get(kind, float("-inf")) >= rules.repeat_s
        if counts:
            counted[kind] = one.began
        yield SettledBout(settled_at, one.began, pane, kind, counts)


@cache
def _agreed(state: AgentState) -> Kind:
    return Kind(state, state, WANTS[state], WANTS[state])


def _kind(one: Stretch, seen: float, episodes: Sequence[Episode], windows: Windows) -> Kind:
    ours, theirs = WANTS[one.incumbent], WANTS[one.candidate]
    compared = acts(episodes, (one.began, seen), (ours, theirs), windows)
    extra = {act.wish for act in compared if act.how is How.EXTRA}
    missing = {act.wish for act in compared if act.how is How.MISSING}
    return Kind(one.incumbent, one.candidate, (ours | theirs) - extra, (ours | theirs) - missing)


def _spans(stretches: Sequence[Stretch]) -> list[_Span]:
    """Every wish of either monitor, from its first look until the first without it."""
    found, standing = list[_Span](), dict[tuple[Seat, str], float]()
    for one in stretches:
        now = {(Seat.INCUMBENT, wish) for wish in WANTS[one.incumbent]}
        now |= {(Seat.CANDIDATE, wish) for wish in WANTS[one.candidate]}
        for key in standing.keys() - now:
            found.append(_Span(standing.pop(key), one.began, *key))
        standing |= dict.fromkeys(now - standing.keys(), one.began)
    return sorted((*found, *(_Span(opened, float("inf"), *key) for key, opened in standing.items())))


def _share(rng: Random, trouble: Trouble) -> float:
    """How often the candidate is wrong about one agent: Beta, with the mean and the correlation that are asked for."""
    if not trouble.alike:
        return trouble.share
    weight = 1 / trouble.alike - 1
    return rng.betavariate(trouble.share * weight, (1 - trouble.share) * weight)


def _truth(rng: Random, until: float) -> list[tuple[float, AgentState]]:
    now, state, found = 0.0, rng.choice((BUSY, IDLE)), list[tuple[float, AgentState]]()
    while now < until:
        found.append((now, state))
        now += max(_SHORTEST_S, _up(rng.expovariate(1 / _LASTS_S[state])))
        states, weights = zip(*_FOLLOWS[state], strict=True)
        (state,) = rng.choices(states, weights)
    return found


def _episodes(rng: Random, share: float, lasts_s: float, until: float) -> list[tuple[float, float]]:
    """When the candidate is wrong: on for `lasts_s` at a time, off so long on average that the share comes out."""
    found, now = list[tuple[float, float]](), 0.0
    pause_s = lasts_s * (1 - share) / max(share, 1e-12)
    while now < until:
        began = now + _up(rng.expovariate(1 / pause_s)) + _SHORTEST_S
        found.append((began, began + _up(lasts_s)))
        now = began + _up(lasts_s)
    return found


def _stretches(
    rng: Random,
    truth: Sequence[tuple[float, AgentState]],
    share: float,
    episodes: Sequence[tuple[float, float]] | None,
    begins_s: float,
) -> Iterator[Stretch]:
    if episodes is None:
        for began, state in truth:
            wrong = began >= begins_s and rng.random() < share
            yield Stretch(began, state, _TAKEN_FOR[state] if wrong else state)
        return
    ends = [*(began for began, _ in truth[1:]), float("inf")]
    number = 0
    for (began, state), end in zip(truth, ends, strict=True):
        now = began
        while now < end:
            while number < len(episodes) and episodes[number][1] <= now:
                number += 1
            on, off = episodes[number] if number < len(episodes) else (float("inf"), float("inf"))
            wrong = on <= now and now >= begins_s
            until = off if on <= now else on
            yield Stretch(now, state, _TAKEN_FOR[state] if wrong else state)
            # a change of mind within two looks of the agent's own change comes with that
            now = until if now + _SHORTEST_S <= until <= end - _SHORTEST_S else end


def _merged(stretches: Iterator[Stretch]) -> list[Stretch]:
    found = list[Stretch]()
    for one in stretches:
        if not found or (found[-1].incumbent, found[-1].candidate) != (one.incumbent, one.candidate):
            found.append(one)
    return found


def _up(seconds: float) -> float:
    """The first look that is not before an instant."""
    return -(-seconds // LOOK_S) * LOOK_S
