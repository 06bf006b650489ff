"""The scored spells of one epoch: coverage, the candidate's abstentions and its missed crashes."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from rollout.judgement.events import stratum_of
from rollout.judgement.seen import StateCoverage
from shadow.referee.records import NamedState, ScoredSpell, Vote
from understudy.record import Record
from understudy.verdicts import UNKNOWN_AGENT


class Covered(Record):
    """The agents whose spells were scored in one named state."""

    panes: frozenset[str] = frozenset()
    """Pane and process: `%12/4711`."""
    families: frozenset[str] = frozenset()


class Scoring(Record):
    """Counts by spell; all of them can be computed again from the ledger's spells."""

    named: int = 0
    """Spells with an interior look."""
    abstained: int = 0
    overruled: int = 0
    """Spells that an operator took out of the scoring by settling."""
    panes: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    covered: dict[str, Covered] = Field(default_factory=dict)
    """By stratum."""
    missed: dict[str, str] = Field(default_factory=dict)
    """Pane and process -> a spell in which the candidate called alive what had crashed."""

    def count(self, spells: Iterable[ScoredSpell]) -> "Scoring":
        """Enter spells, in any order."""
        named, abstained = self.named, self.abstained
        panes, sessions = set(self.panes), set(self.sessions)
        covered, missed = dict(self.covered), dict(self.missed)
        for spell in spells:
            if not spell.known:
                continue
            named += spell.candidate is not Vote.UNSCORED
            abstained += spell.candidate is Vote.ABSTAINED
            if not spell.scored:
                continue
            pane = f"{spell.pane}/{spell.pid}"
            panes.add(pane)
            sessions.add(spell.session)
            name = stratum_of(spell.named)
            covered[name] = _with(covered.get(name, Covered()), pane, spell.agent)
            if spell.named is NamedState.CRASHED and spell.candidate is Vote.WRONG:
                missed[pane] = spell.id
        return Scoring(
            named=named,
            abstained=abstained,
            overruled=self.overruled,
            panes=frozenset(panes),
            sessions=frozenset(sessions),
            covered=covered,
            missed=missed,
        )

    def overrule(self, spells: int) -> "Scoring":
        """Count spells that were taken out of the scoring."""
        return self.replace(overruled=self.overruled + spells)

    def coverage(self) -> Mapping[str, StateCoverage]:
        """Return the coverage by stratum, as the judge takes it."""
        return {name: StateCoverage(one.panes, one.families) for name, one in self.covered.items()}


def _with(covered: Covered, pane: str, family: str) -> Covered:
    if pane in covered.panes and (family == UNKNOWN_AGENT or family in covered.families):
        return covered
    families = covered.families if family == UNKNOWN_AGENT else covered.families | {family}
    return Covered(panes=covered.panes | {pane}, families=families)
