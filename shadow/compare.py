"""Compare two reports on one tape: `==` first, DeepDiff only for agents that are not equal."""

from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from deepdiff import DeepDiff
from deepdiff.helper import notpresent

from shadow.differences import Change, DiffClass, Difference, Fingerprint, IntentKey, Severity, Side
from shadow.labels import Right
from shadow.sides import Sides, Who
from understudy.report import CycleReport
from understudy.verdicts import UNKNOWN_AGENT, AgentRole, AgentState, IdleDetail

_MAX_DIFFS: Final = 200
"""More values than two sides have; DeepDiff's own limit against unbounded documents."""


class Register(Protocol):
    """The register of expected differences, as the comparison uses it."""

    def match(self, difference: Difference) -> str | None:
        """Return the id of the entry that expects this difference."""
        ...

    def right(self, entry_id: str) -> Right | None:
        """Return the side that an entry names as right."""
        ...


class NothingExpected:
    """The empty register."""

    def match(self, difference: Difference) -> str | None:
        """Return None: no difference is expected."""
        del difference
        return None

    def right(self, entry_id: str) -> Right | None:
        """Return None: no side is named as right."""
        del entry_id
        return None


NOTHING_EXPECTED: Final = NothingExpected()


def compare(
    incumbent: CycleReport,
    candidate: CycleReport,
    register: Register = NOTHING_EXPECTED,
) -> tuple[Difference, ...]:
    """Return the differences of two reports on the same tape, the gravest first, else in the incumbent's order.

    Wording, seconds, rules and instants never count. An intent that only one of them has *now* is a difference of
    action here; whether the other requests it within its window is known only later (`shadow.bouts`).
    """
    ours, theirs = Sides(incumbent), Sides(candidate)
    found: list[Difference] = []
    for name in {**ours.subjects(), **theirs.subjects()}:
        if _same(ours, theirs, name):
            continue
        who = ours.who(name) or theirs.who(name)
        if who is None:
            continue
        difference = differ(who, ours.side(name), theirs.side(name), register)
        if difference is not None:
            blind = ours.could_not_see(who) or theirs.could_not_see(who)
            found.append(difference.model_copy(update={"klass": DiffClass.HARNESS}) if blind else difference)
    return tuple(sorted(found, key=lambda difference: difference.severity.rank))


def differ(who: Who, incumbent: Side, candidate: Side, register: Register = NOTHING_EXPECTED) -> Difference | None:
    """Compare the two sides of one subject; None if they agree."""
    severity = gravity(incumbent, candidate)
    return None if severity is None else make_difference(who, incumbent, candidate, severity, register)


def make_difference(
    who: Who, incumbent: Side, candidate: Side, severity: Severity, register: Register = NOTHING_EXPECTED
) -> Difference:
    """Return the difference of two sides as a record."""
    fingerprint = Fingerprint.of(incumbent, candidate)
    changes, partial = _changes(_Stance.of(incumbent, candidate), _Stance.of(candidate, incumbent))
    difference = Difference(
        pane=who.pane,
        pid=who.pid,
        session=who.session,
        window=who.window,
        agent=fingerprint.agent,
        severity=severity,
        incumbent=incumbent,
        candidate=candidate,
        fingerprint=fingerprint,
        cluster=fingerprint.cluster,
        changes=changes,
        partial=partial,
    )
    expected = register.match(difference)
    return difference if expected is None else difference.model_copy(update={"expected": expected})


def gravity(incumbent: Side, candidate: Side) -> Severity | None:
    """Return the severity of the difference of two sides; None if they agree."""
    if incumbent.intent_keys != candidate.intent_keys:
        return Severity.ACTION
    if incumbent.state is not candidate.state:
        return Severity.STATE
    return Severity.DETAIL if _Stance.of(incumbent, candidate) != _Stance.of(candidate, incumbent) else None


def _same(ours: Sides, theirs: Sides, name: str) -> bool:
    """Return whether two monitors agree. Builds nothing: this is the case of nearly every pane in every cycle."""
    one, two = ours.verdict(name), theirs.verdict(name)
    if ours.intents(name) != theirs.intents(name):
        return False
    if one is None or two is None:
        return one is two
    return one.state is two.state and one.detail is two.detail and one.role is two.role and one.agent == two.agent


class _Stance(NamedTuple):
    """The compared part of a side. A value that only one of them can report (a detail, a CLI) is no difference."""

    state: AgentState | None
    detail: IdleDetail | None
    agent: str | None
    role: AgentRole | None
    intents: tuple[IntentKey, ...]

    @classmethod
    def of(cls, side: Side, other: Side) -> "_Stance":
        return cls(
            state=side.state,
            detail=side.detail if side.detail and other.detail else None,
            agent=side.agent if UNKNOWN_AGENT not in {side.agent, other.agent} else None,
            role=side.role if side.state is not None and other.state is not None else None,
            intents=side.intents,
        )

    def document(self) -> dict[str, object]:
        return {**self._asdict(), "intents": dict(self.intents)}


@lru_cache(maxsize=4096)
def _changes(incumbent: _Stance, candidate: _Stance) -> tuple[tuple[Change, ...], bool]:
    """List the values that differ, and whether the list is cut short; a difference that stands is listed once."""
    diff = DeepDiff(
        incumbent.document(), candidate.document(), view="tree", threshold_to_diff_deeper=0, max_diffs=_MAX_DIFFS
    )
    found = {
        level.path(): Change(path=level.path(), incumbent=_text(level.t1), candidate=_text(level.t2))
        for levels in diff.values()
        for level in levels
    }
    stats: dict[str, object] = diff.get_stats()  # type: ignore[no-untyped-call]
    return tuple(found[path] for path in sorted(found)), bool(stats["MAX DIFF LIMIT REACHED"])


def _text(value: object) -> str | None:
    return None if value is None or value is notpresent else str(value)
