"""What to type next about a cluster: commands that can be copied as they stand."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from shadow.clusters import Cluster

_TERM: Final = "14d"
_ROOM: Final = 1.5
"""A ceiling is put so many times above the share that was seen: more than that is another matter."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and what it does."""

    does: str
    text: str


def commands(cluster: Cluster, address: Sequence[str] = ()) -> tuple[Command, ...]:
    """Offer what a person can do about a cluster; the reason is theirs to write."""
    share = max(0.001, min(1.0, ceil(cluster.share * _ROOM * 1000) / 1000))
    accept = ("accept", cluster.id, "--expires", _TERM, "--ceiling", f"{share:g}", "--reason", "WHY")
    return (
        Command("look at it in the terminal", _line("show", cluster.id, *address)),
        Command(
            "the candidate is right", _line("settle", cluster.id, "--right", "candidate", "--reason", "WHY", *address)
        ),
        Command(
            "the incumbent is right", _line("settle", cluster.id, "--right", "incumbent", "--reason", "WHY", *address)
        ),
        Command("both are, or it does not matter: accept it for two weeks", _line(*accept, *address)),
    )


def more(address: Sequence[str] = ()) -> str:
    """The command that lists every cluster."""
    return _line("list", *address)


def _line(*formatting: str) -> str:
    return shlex.join(("understudy", "diffs", *formatting))
