"""The register of expected differences: known differences of two monitors, which monitor is right, and why.

Each entry is one TOML file under `shadow/expected/`, as narrow as the knowledge behind it: both states, both rules, the
CLI, and the actions that one of them may want alone. A difference that goes any further is not expected.
"""

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from shadow.differences import Difference, Severity, Side, Silence
from shadow.labels import Right
from understudy.record import Record
from understudy.verdicts import AgentRole, AgentState, IdleDetail

HERE: Final = Path(__file__).with_suffix("")
"""The folder of the entries that ship with the project."""
_ACTS: Final = (
    "notify_manager:idle",
    "notify_manager:fresh",
    "notify_manager:crash",
    "notify_manager:error",
    "notify_manager:approval",
    "notify_manager:draft",
    "notify_manager:rate_limit",
    "notify_manager:missing",
    "notify_manager:team_idle",
    "notify_manager:recovery",
    "submit_draft",
    "kill_window",
    "spawn_manager",
    "pause_session",
    "escalate",
)


class BadRegister(ValueError):
    """An entry is not valid; the text names the file, the key and the remedy."""


class SideMatch(Record):
    """The verdicts of one side that an entry matches."""

    state: tuple[AgentState | Literal["absent"], ...] = Field(min_length=1)
    """`absent` if it sees no agent there, and for whole sessions."""
    rule: tuple[str, ...] = Field(min_length=1)
    """Globs; for whole sessions its report on the managers, such as `manager:crashed/process.*`."""
    detail: tuple[IdleDetail, ...] = ()
    """Empty for any."""
    silence: tuple[Silence | Literal["none"], ...] = ()
    """The reason why it sends no notice, `none` if it could send one; empty for any reason, and for none."""
    alone: tuple[str, ...] = ()
    """Actions that it may want and the other not."""

    @model_validator(mode="after")
    def _narrow(self) -> Self:
        if any(not rule.strip("*?") and rule for rule in self.rule):
            raise ValueError("a rule that matches everything expects everything; name the rule, or its prefix")
        unknown = [act for act in self.alone if act not in _ACTS]
        if unknown:
            raise ValueError(f"no such action: {', '.join(unknown)} (actions are {', '.join(_ACTS)})")
        return self

    def sees(self, side: Side) -> bool:
        """Return whether a side is in one of the states. Checked first, since it rules out nearly every entry."""
        return (side.state if side.state is not None else "absent") in self.state

    def holds(self, side: Side, alone: frozenset[str]) -> bool:
        """Return whether a side, and the actions that only it wants, are no more than is expected."""
        return (
            self.sees(side)
            and any(fnmatchcase(side.rule, rule) for rule in self.rule)
            and (not self.detail or side.detail in self.detail)
            and (not self.silence or (side.silence or "none") in self.silence)
            and alone <= set(self.alone)
        )


class ExpectedDifference(Record):
    """One expected difference. It has a direction: the sides turned round are another difference."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    title: str = Field(min_length=10)
    quirks: tuple[int, ...] = ()
    """The quirks of the monolith that lead to it, by their numbers in its description."""
    disagreements: tuple[int, ...] = ()
    """The rows that it covers in the list of disagreements between the monolith and the first modular attempt."""
    severity: tuple[Severity, ...] = Field(min_length=1)
    agent: tuple[str, ...] = Field(min_length=1)
    """Globs of agent CLIs."""
    role: tuple[AgentRole, ...] = ()
    """Empty for any."""
    incumbent: SideMatch
    candidate: SideMatch
    paths: tuple[str, ...] = ()
    """For details: globs of the values that differ, such as `detail` or `intents/notify_manager:error`."""
    right: Right
    why: str = Field(min_length=20)
    ceiling: float = Field(gt=0, le=1)
    """The share of all bouts above which it is no longer the expected difference."""
    test: str
    """The folder of the test that produces it, under `tests/shadow/expected/`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if Severity.DETAIL in self.severity and not self.paths:
            raise ValueError("an expected detail names the values that may differ, in `paths`")
        if Severity.ACTION in self.severity and not (self.incumbent.alone or self.candidate.alone):
            raise ValueError("an expected action names the actions that one side may want alone, in `alone`")
        return self

    def matches(self, difference: Difference) -> bool:
        """Return whether the entry covers a difference completely."""
        ours, theirs = difference.incumbent, difference.candidate
        return (
            difference.severity in self.severity
            and self.incumbent.sees(ours)
            and self.candidate.sees(theirs)
            and any(fnmatchcase(difference.agent, agent) for agent in self.agent)
            and (not self.role or ours.role in self.role or theirs.role in self.role)
            and self.incumbent.holds(ours, difference.only_incumbent_wants)
            and self.candidate.holds(theirs, difference.only_candidate_wants)
            and (difference.severity is not Severity.DETAIL or self._about(difference))
        )

    def _about(self, difference: Difference) -> bool:
        names = [change.name for change in difference.changes]
        return all(any(fnmatchcase(name, path) for path in self.paths) for name in names)


class ExpectedRegister:
    """The entries by id. If several match a difference, the one that allows the fewest actions names it."""

    def __init__(self, entries: Iterable[ExpectedDifference] = ()) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.id))
        self._by_id = {entry.id: entry for entry in self.entries}
        self._narrowest_first = sorted(self.entries, key=lambda e: len(e.incumbent.alone) + len(e.candidate.alone))

    def match(self, difference: Difference) -> str | None:
        """Return the id of the entry that expects this difference."""
        return next((entry.id for entry in self._narrowest_first if entry.matches(difference)), None)

    def right(self, entry_id: str) -> Right | None:
        """Return the side that an entry names as right."""
        entry = self._by_id.get(entry_id)
        return None if entry is None else entry.right

    def without(self, entry_ids: Iterable[str]) -> "ExpectedRegister":
        """Return the register without some entries, such as those whose ceiling is breached."""
        leave_out = set(entry_ids)
        return ExpectedRegister(entry for entry in self.entries if entry.id not in leave_out)

    def entry(self, entry_id: str) -> ExpectedDifference | None:
        """Return an entry by its id."""
        return self._by_id.get(entry_id)


def load(folder: Path = HERE) -> ExpectedRegister:
    """Read the `*.toml` of a folder, strictly, except names that begin with `_`; a missing folder counts as empty.

    Raises `BadRegister` naming file, key and remedy.
    """
    entries: dict[str, ExpectedDifference] = {}
    for path in sorted(folder.glob("[!_]*.toml")):
        entry = read_entry(path)
        if entry.id != path.stem:
            raise BadRegister(f"{path}: id: is {entry.id!r}; call the file {entry.id}.toml, or the entry {path.stem!r}")
        entries[entry.id] = entry
    return ExpectedRegister(entries.values())


def with_own(folder: Path) -> ExpectedRegister:
    """Return the shipped register with the entries of the operator's folder, which may be missing.

    Raises `BadRegister`, also where two entries have one id.
    """
    own = load(folder).entries
    if twice := [entry.id for entry in own if shipped().entry(entry.id) is not None]:
        raise BadRegister(f"{folder / twice[0]}.toml: id: {twice[0]!r} ships with the program; call yours otherwise")
    return ExpectedRegister((*shipped().entries, *own)) if own else shipped()


@cache
def shipped() -> ExpectedRegister:
    """Return the register that ships with the project."""
    return load()


def read_entry(path: Path) -> ExpectedDifference:
    """Read one entry, strictly; raises `BadRegister` naming file, key and remedy, and OSError."""
    try:
        return ExpectedDifference.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRegister(f"{path}: is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "entry"
        raise BadRegister(f"{path}: {where}: {first['msg']}") from error
