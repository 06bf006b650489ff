"""New kinds of action difference: one that no earlier stage had, and that keeps coming, goes back to the incumbent."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pydantic import Field

from rollout.judgement.enums import Stage
from shadow.bout import Bout
from shadow.differences import DiffClass, Difference
from shadow.signoffs import Signoffs
from understudy.record import Record

KEEPS_COMING: Final = 3
"""Bouts of one kind."""


class KindSeen(Record):
    """One kind of action difference in the running stage."""

    action: str
    """As `understudy.intents.intent_key` names it: `notify_manager:idle`."""
    bouts: int = 0
    clusters: frozenset[str] = frozenset()


class NoveltyBook(Record):
    """The kinds of action difference of the running stage, and those of the stages before it."""

    known: frozenset[str] = frozenset()
    """Kinds that an earlier stage had, or that an operator has looked at."""
    seen: dict[str, KindSeen] = Field(default_factory=dict)
    """The kinds of this stage that are not known."""
    novel: tuple[str, ...] = ()
    """The kinds that are the incumbent's until an operator has looked."""

    def count(self, bouts: Iterable[Bout]) -> "NoveltyBook":
        """Count settled bouts."""
        seen = dict(self.seen)
        for bout in bouts:
            difference = bout.difference
            if difference is None or difference.klass is not DiffClass.TRUE or not bout.action_differs:
                continue
            for kind, action in kinds_of(difference):
                if kind in self.known:
                    continue
                before = seen.get(kind, KindSeen(action=action))
                clusters = before.clusters | {difference.cluster}
                seen[kind] = KindSeen(action=action, bouts=before.bouts + 1, clusters=clusters)
        return self.replace(seen=seen)

    def reviewed(self, stage: Stage, signoffs: Signoffs, now: float) -> "NoveltyBook":
        """Name the novel kinds of an exposed stage; those that an operator has looked at become known."""

        def reviewed_by_operator(kind: KindSeen) -> bool:
            return all(
                signoffs.settlement(name) is not None or signoffs.acceptance(name, now) is not None
                for name in kind.clusters
            )

        keeps_coming = {name: kind for name, kind in self.seen.items() if kind.bouts >= KEEPS_COMING}
        if stage in _NOT_EXPOSED:
            return self.replace(novel=())
        done = frozenset(name for name, kind in keeps_coming.items() if reviewed_by_operator(kind))
        return NoveltyBook(
            known=self.known | done,
            seen={name: kind for name, kind in self.seen.items() if name not in done},
            novel=tuple(sorted(keeps_coming.keys() - done)),
        )

    def next_stage(self) -> "NoveltyBook":
        """Begin another stage: the kinds of this one are known there, but for those that wait for an operator."""
        waiting = {name: self.seen[name] for name in self.novel if name in self.seen}
        return NoveltyBook(known=self.known | (self.seen.keys() - waiting.keys()), seen=waiting, novel=self.novel)

    @property
    def actions(self) -> frozenset[str]:
        """The actions that are the incumbent's until an operator has looked."""
        return frozenset(self.seen[name].action for name in self.novel if name in self.seen)


_NOT_EXPOSED: Final[Collection[Stage]] = frozenset({Stage.OFF, Stage.SHADOW, Stage.RETIRED})


def kinds_of(difference: Difference) -> Iterator[tuple[str, str]]:
    """Yield each kind of action difference with its action: the action, who alone wants it, and the pair of states."""
    states = f"{difference.incumbent.state or 'no agent'} / {difference.candidate.state or 'no agent'}"
    for who, alone in (
        ("incumbent", difference.only_incumbent_wants),
        ("candidate", difference.only_candidate_wants),
    ):
        for action in sorted(alone):
            yield f"{action} wanted by the {who} alone ({states})", action
