"""Counting by the register of expected differences: where an entry changes, what it touches starts again."""

from collections.abc import Collection, Iterator
from zlib import crc32

from rollout.judgement.events import start_again
from rollout.judgement.evidence import WITH_STRATA, Fact
from rollout.loop.trial import Trial
from shadow.differences import Side
from shadow.expected import Entry, ExpectedRegister
from shadow.strata import Stratum, events_of


def by_register(trial: Trial, register: ExpectedRegister) -> tuple[Trial, tuple[Fact, ...]]:
    """Count by this register from now on: where an entry is new, gone or edited, what it touches starts again."""
    said = {entry.id: f"{crc32(entry.model_dump_json().encode()):08x}" for entry in register.entries}
    if said == trial.rules:
        return trial, ()
    changed = {name for name in said.keys() | trial.rules.keys() if said.get(name) != trial.rules.get(name)}
    again = () if not trial.rules else tuple(_start_again(changed, register))
    return trial.model_copy(update={"rules": said}), again


def _start_again(changed: Collection[str], register: ExpectedRegister) -> Iterator[Fact]:
    for name in sorted(changed):
        entry = register.entry(name)
        # of one that is gone nobody knows any more what it was about
        strata = tuple(Stratum) if entry is None else _strata_of(entry)
        keys = {(guardrail, stratum) for guardrail in WITH_STRATA for stratum in (None, *strata)}
        yield from start_again(keys, f"rule {name}")


def _strata_of(entry: Entry) -> frozenset[Stratum]:
    """The strata of which what an entry expects could be an event."""
    ours, theirs = (
        [
            Side(state=None if state == "absent" else state, wishes=tuple((act, 1) for act in sorted(match.alone)))
            for state in match.state
        ]
        for match in (entry.incumbent, entry.candidate)
    )
    return frozenset(stratum for one in ours for two in theirs for stratum in events_of(one, two))
