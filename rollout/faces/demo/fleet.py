"""The fleet of the demo: teams, their windows, the part each window plays, and names that meet the canary in time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from rollout.faces.demo.actors.scenes import PARTS

BucketOf = Callable[[str, int], int]
"""(session, slot) -> the bucket 1..100 that the flag's stickiness hashes this lease to."""

# No name holds "pm", by which the incumbent knows a manager.
WORDS: Final = tuple(
    word
    for words in (
        "airport arcade arena bakery bazaar brewery bridge castle cellar chapel clinic dairy depot farm ferry forge",
        "foundry garage garden gallery harbour hotel kiosk kitchen library lighthouse market mill mine museum nursery",
        "orchard palace pharmacy press quarry radio railway school shop stable station studio tavern theatre tower",
        "vineyard warehouse winery workshop",
    )
    for word in words.split()
)
"""Names that a team may have."""

MANAGER: Final = "claude-pm"
"""The window of each team's manager."""


@dataclass(frozen=True, slots=True)
class FleetWindow:
    """One window of the demo and what is played in it."""

    session: str
    window: str
    parts: tuple[str, ...]
    """The parts played in it: one part for as long as the window is open, the next one when it was opened anew."""
    seed: int
    stays: bool = True
    """True if the window outlives its actor; else it closes some seconds after."""
    phase_s: float = 0.0
    """So many seconds into its part it begins, the first time."""


# The monolith knows agents by their window's index. A crashed window it wants killed when it meets the first crash
# there, and of a second crash within five minutes it tells and wants no more; but it is silent where it has looked at
# the first one twice. So there are two crashes under one index: one that is too short to be looked at twice, which
# shows where the monitors differ, and a longer one that both tell of, which is what the demo's plan wants to see.
_CRASHES: Final = ("fleeting", "brittle")
# window -> parts. Six workers go from work to idle and back, twelve leave for their shell again and again: the two
# things that the plan asks evidence for. The others show what else a screen can say.
_BUSY: Final = {
    "backend": ("steady",),
    "frontend": ("steady",),
    "qa": _CRASHES,
    "qa-2": _CRASHES,
    "devops": _CRASHES,
    "devops-2": _CRASHES,
}
_TEAMS: Final[tuple[dict[str, tuple[str, ...]], ...]] = (
    {**_BUSY, "developer": ("drafter",), "engineer": ("asker",)},
    {**_BUSY, "developer": ("newcomer",), "engineer": ("unlucky",)},
    {**_BUSY, "developer": ("limited",), "engineer": ("chatty",), "claude-docs": ("suggester",)},
)
TEAMS: Final = len(_TEAMS)
_SPREAD_S: Final = 60.0
_GOLDEN: Final = 0.618
"""Steps of this share of a part's length spread any number of actors evenly over it."""


def make_fleet(names: Sequence[str]) -> tuple[FleetWindow, ...]:
    """Give three teams these names and every window its part, managers first."""
    windows: list[FleetWindow] = []
    for name, team in zip(names, _TEAMS, strict=True):
        for window, parts in {MANAGER: ("manager",), **team}.items():
            seed = len(windows) + 1
            cues = PARTS[parts[0]].cues
            stays = parts is not _CRASHES
            spread = sum(cue.seconds for cue in cues) if stays else cues[0].seconds
            phase_s = round(seed * _GOLDEN % 1 * min(spread, _SPREAD_S), 2)
            windows.append(FleetWindow(name, window, parts, seed, stays=stays, phase_s=phase_s))
    return tuple(windows)


def names_that_meet(
    bucket_of: BucketOf, *, percent: int = 5, within: int = 8, slots: int = 64, words: Iterable[str] = WORDS
) -> tuple[str, ...]:
    """Choose names for the teams such that of any `within` slots in a row one lease at least is the candidate's.

    A share of 5 % is one lease in twenty: with names left to chance the demo would wait for its canary, now and then
    for a minute. Returns the best names there are where none meets every run.
    """
    owned = {word: {slot for slot in range(slots) if bucket_of(word, slot) <= percent} for word in words}

    def longest_wait(names: tuple[str, ...]) -> int:
        slots_met = sorted({-1, slots}.union(*(owned[name] for name in names)))
        return max(later - earlier for earlier, later in pairwise(slots_met))

    best: tuple[str, ...] = ()
    shortest = slots + 2
    for names in combinations(owned, TEAMS):
        if (wait := longest_wait(names)) < shortest:
            best, shortest = names, wait
            if wait <= within:
                break
    return best
