"""The cards of a page, one a cluster, in groups: clusters that wait for a person first, then by severity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shadow.clusters import Cluster
from shadow.differences import Difference, Severity
from shadow.report.commands import Command, commands
from shadow.report.page.charts import Box, spark
from shadow.report.page.palette import Palette
from shadow.report.page.screens import Strip, strip
from shadow.report.record import ExpectedRow, Notes, ShadowReport, waits
from shadow.report.scene import ClusterScene

MOST_CARDS: Final = 300
"""Clusters that have a card; for the rest, the page shows their number and the command that lists them."""
OPENED: Final = 12
"""Cards of the first group that are open at first; more of them would hide that there are others."""


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one cluster."""

    cluster: Cluster
    notes: Notes
    shown: Difference
    """The difference that the card shows: the one with a screen, if there is one."""
    strip: Strip | None
    expected: ExpectedRow | None
    commands: tuple[Command, ...]
    trend: tuple[Box, ...]
    opened: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Cards under one heading."""

    name: str
    title: str
    about: str
    cards: tuple[Card, ...]
    clusters: int
    """In all."""
    bouts: int
    """In all."""

    @property
    def left_out(self) -> int:
        """Clusters without a card."""
        return self.clusters - len(self.cards)


_TITLES: Final = {
    Severity.ACTION: ("Differ in an action", "One monitor wants an action that the other does not."),
    Severity.STATE: ("Differ in a state", "They report different states of an agent; their actions are the same."),
    Severity.DETAIL: ("Differ in a detail", "Their states and actions are the same."),
}
_SETTLING: Final = (
    "Not settled yet",
    "A cluster needs a decision only after one of its bouts has settled.",
)


def groups(report: ShadowReport, scenes: Mapping[str, ClusterScene], palette: Palette) -> tuple[Group, ...]:
    """Make the cards of a report; groups without a cluster are left out."""
    room, made = MOST_CARDS, list[Group]()
    entries = {row.id: row for row in report.expected}
    waiting = [pair for pair in report.noted if waits(pair[0])]
    heaps = [("waiting", ("Waits for you", "Not reviewed yet: read each one, then settle or accept it."), waiting)]
    for severity, titles in _TITLES.items():
        rest = [
            (one, notes) for one, notes in report.noted if one.severity is severity and one.bouts and not waits(one)
        ]
        heaps.append((severity.value, titles, rest))
    heaps.append(("settling", _SETTLING, [pair for pair in report.noted if not pair[0].bouts]))
    for name, (title, about), pairs in heaps:
        opened = OPENED if name == "waiting" else 0
        cards = tuple(
            _card(cluster, notes, scenes.get(cluster.id), palette, entries, report.address, opened=number < opened)
            for number, (cluster, notes) in enumerate(pairs[:room])
        )
        room -= len(cards)
        if pairs:
            made.append(Group(name, title, about, cards, len(pairs), sum(cluster.bouts for cluster, _ in pairs)))
    return tuple(made)


def _card(
    cluster: Cluster,
    notes: Notes,
    scene: ClusterScene | None,
    palette: Palette,
    entries: Mapping[str, ExpectedRow],
    address: Iterable[str],
    *,
    opened: bool,
) -> Card:
    return Card(
        cluster=cluster,
        notes=notes,
        shown=scene.difference if scene is not None else cluster.example,
        strip=strip(scene, palette) if scene is not None else None,
        expected=entries.get(cluster.expected or ""),
        commands=commands(cluster, tuple(address)),
        trend=spark(cluster.slices),
        opened=opened,
    )
