"""Versions of the agents' CLIs: one that comes up in the middle of a stage is a stratum of its own, and must be proven.

An upgrade changes screens, so what was shown about the old version says nothing about the new one. Until the new one
has shown by its own scored spells that the candidate reads it, nothing is promoted. The spells of all versions stay
in the guardrails: those are about the candidate on this fleet, whatever runs there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from pydantic import Field

from rollout.judgement.sequential import EventTally, needed
from shadow.referee.records import CliVersion, ScoredSpell, Vote
from understudy.record import Instant, Record


class VersionCount(Record):
    """One version of a CLI in the running stage."""

    scored: int = 0
    """The candidate's scored spells."""
    wrong: int = 0
    """Of these, those in which it was wrong."""
    new: bool = False
    """It came up when the CLI had scored spells under another version already."""
    ran_at: Instant | None = None
    """The instant at which a pane was last seen with it; None if its spells alone are known."""


class NewVersion(Record):
    """A version that holds a promotion."""

    cli: str
    version: str
    scored: int
    wrong: int
    needed: int
    """Clean scored spells to go."""

    @property
    def text(self) -> str:
        """As a sentence, with the count that lifts the hold."""
        wrong = f" ({self.wrong} wrong)" if self.wrong else ""
        of = f"{self.scored} of {self.scored + self.needed} scored spells{wrong}"
        return f"{self.cli} {self.version} is new here: {of}. Upgrades can break screen reading"


class VersionBook(Record):
    """The versions of the running stage, by CLI. A pane whose version is unknown is in none of them."""

    clis: dict[str, dict[str, VersionCount]] = Field(default_factory=dict)

    def sighted(self, running: Iterable[CliVersion], at: float) -> "VersionBook":
        """Enter the versions that run in panes now; call it before the spells of the same look are counted."""
        clis = {cli: dict(versions) for cli, versions in self.clis.items()}
        for one in sorted(set(running), key=lambda one: (one.cli, one.version)):
            versions = clis.setdefault(one.cli, {})
            before = versions.get(one.version, VersionCount())
            new = before.new or (before.ran_at is None and not before.scored and _others(versions, one.version))
            versions[one.version] = before.model_copy(update={"new": new, "ran_at": at})
        return VersionBook(clis=clis)

    def count(self, spells: Iterable[ScoredSpell]) -> "VersionBook":
        """Enter spells, in any order."""
        clis = {cli: dict(versions) for cli, versions in self.clis.items()}
        own = [spell for spell in spells if spell.known and spell.scored]
        wrong = Counter(spell.ran for spell in own if spell.candidate is Vote.WRONG)
        for ran, scored in Counter(spell.ran for spell in own).items():
            if ran is None:
                continue
            versions = clis.setdefault(ran.cli, {})
            before = versions.get(ran.version, VersionCount())
            more = {"scored": before.scored + scored, "wrong": before.wrong + wrong[ran]}
            versions[ran.version] = before.model_copy(update=more)
        return VersionBook(clis=clis)

    def recount(self, spells: Iterable[ScoredSpell]) -> "VersionBook":
        """Count spells anew; which versions are new, and which run, stays as it was seen."""
        none = {"scored": 0, "wrong": 0}
        cleared = {
            cli: {version: count.model_copy(update=none) for version, count in versions.items()}
            for cli, versions in self.clis.items()
        }
        return VersionBook(clis=cleared).count(spells)

    def unproven(self, promote: float, beta: float, now: float, within_s: float) -> tuple[NewVersion, ...]:
        """Return the new versions that ran within the last seconds and are not yet shown to be read well enough.

        `promote` is the share of wrong spells that must be shown not to be reached, at a risk of `beta`. A version
        that runs no more holds nothing.
        """
        return tuple(self._unproven(promote, beta, now, within_s))

    def _unproven(self, promote: float, beta: float, now: float, within_s: float) -> Iterator[NewVersion]:
        for cli, versions in sorted(self.clis.items()):
            for version, count in sorted(versions.items()):
                if not count.new or count.ran_at is None or now - count.ran_at > within_s:
                    continue
                if more := needed(promote, beta, EventTally(bouts=count.scored, events=count.wrong)):
                    yield NewVersion(cli=cli, version=version, scored=count.scored, wrong=count.wrong, needed=more)


def _others(versions: dict[str, VersionCount], version: str) -> bool:
    """Return whether the CLI has scored spells under another version."""
    return any(count.scored for name, count in versions.items() if name != version)
