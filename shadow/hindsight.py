"""The first referee: what a pane did next says which states it cannot have been in.

It never asks the monitors. It knows which processes were in front, whether the screen went on printing without anybody
typing, and whether it stood still; a side whose state that rules out was wrong, and where it rules out none, or
neither says anything, nobody has said who was right.
"""

import re
from enum import StrEnum
from typing import Final
from zlib import crc32

from contract.record import Instant, Record
from contract.screens import PaneShot
from contract.verdicts import AgentState
from shadow.labels import Label, Referee, Right

SHELLS: Final = frozenset(
    {"ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh"}
)
_TYPED: Final = re.compile("^[\\s│┃|▌]*[>\u276f\u203a»]\\s*[^\\s│┃|]")
"""A prompt with something in it: a composer being written in, or what was sent from it."""
_FRAME: Final = re.compile(r"^[\s─━═╭╮╰╯┌┐└┘│┃|▔▁▌]*$")
_DIGITS: Final = re.compile(r"\d+")
"""A clock or a counter is no output: lines are compared without their figures."""
_SMALL: Final = 1
"""So many changed lines in one look are motion; more are output."""
_PRINTS: Final = 2
"""Output in so many looks is no repaint after the turn any more."""
_MOVES: Final = 3
"""Motion in so many looks is a spinner, which turns for nobody who is at rest."""


class Front(StrEnum):
    """Who has the pane."""

    SHELL = "shell"
    """A shell alone, or nobody: the pane is dead."""
    PROGRAM = "program"
    UNKNOWN = "unknown"
    """The processes could not be read."""


class Glimpse(Record):
    """What hindsight keeps of a screen: no text of it."""

    pid: int
    printed: tuple[int, ...]
    """CRC-32 of each line outside frames and prompts, without its figures."""
    typed: tuple[int, ...]
    """Likewise of lines with something at a prompt."""
    whole: int
    """CRC-32 of the whole screen."""
    history: int


class Watch(Record):
    """What a pane has done since a bout about it began."""

    last: Glimpse | None = None
    since: Instant | None = None
    """First look."""
    until: Instant | None = None
    """Last look."""
    changed: bool = False
    """Something on the screen changed, if only a clock."""
    typed: bool = False
    """Somebody typed, or the harness did: what is printed from then on answers that."""
    moves: int = 0
    """Looks at which something but figures had changed without anybody typing."""
    prints: int = 0
    """Of these, those at which it was more than a line."""
    shells: int = 0
    """Looks within the bout with a shell, or nobody, in front."""
    programs: int = 0
    tools: int = 0
    """Of these, those with a shell below the program: it runs a command, and may stand still over it."""
    respawned: bool = False


def front(shot: PaneShot) -> Front:
    """Tell who has a pane. A shell below an agent is the agent's tool, not its end."""
    if shot.dead:
        return Front.SHELL
    if not shot.processes:
        return Front.UNKNOWN
    return Front.SHELL if all(map(_is_shell, shot.processes)) else Front.PROGRAM


def observe(watch: Watch, shot: PaneShot, at: float, *, touched: bool, lasting: bool) -> Watch:
    """Look once more.

    Args:
        watch: What was seen so far.
        shot: The pane, at the end of the tape.
        at: When.
        touched: Whether the harness, or a person whom it saw, typed in the pane since the look before.
        lasting: Whether the bout still lasts; who is in front tells about it only then.
    """
    if shot.vanished or shot.in_mode:
        return watch
    now, before = _glimpse(shot), watch.last
    seen: dict[str, object] = {"last": now, "until": at, "typed": watch.typed or touched}
    if before is None:
        seen["since"] = at
    elif before.pid != now.pid:
        seen["respawned"] = True
    else:
        seen["typed"] = typed = watch.typed or touched or not set(now.typed) <= set(before.typed)
        seen["changed"] = watch.changed or now != before
        fresh = len(set(now.printed) - set(before.printed)) + max(0, now.history - before.history)
        if fresh and not typed and not watch.respawned:
            seen["moves"] = watch.moves + 1
            seen["prints"] = watch.prints + (fresh > _SMALL)
    if lasting:
        who = front(shot)
        seen["shells"] = watch.shells + (who is Front.SHELL)
        seen["programs"] = watch.programs + (who is Front.PROGRAM)
        seen["tools"] = watch.tools + (who is Front.PROGRAM and _is_shell(shot.processes[-1]))
    return watch.model_copy(update=seen)


def ruling(incumbent: AgentState | None, candidate: AgentState | None, watch: Watch, still_s: float) -> Label | None:
    """Say who was right about a pane; None where what it did next does not tell.

    `still_s` is for how long a screen must have stood still to have been no busy agent's.
    """
    if incumbent is None or candidate is None or incumbent is candidate:
        return None
    for refuted, reason in _facts(watch, still_s):
        ours, theirs = incumbent in refuted, candidate in refuted
        if ours and theirs:
            return Label(
                right=Right.NEITHER, by=Referee.HINDSIGHT, reason=f"called {incumbent} and {candidate}, {reason}"
            )
        if ours:
            return Label(right=Right.CANDIDATE, by=Referee.HINDSIGHT, reason=f"called {incumbent}, {reason}")
        if theirs:
            return Label(right=Right.INCUMBENT, by=Referee.HINDSIGHT, reason=f"called {candidate}, {reason}")
    return None


_ALIVE: Final = frozenset(AgentState) - {AgentState.CRASHED, AgentState.UNKNOWN}
_AT_REST: Final = frozenset({AgentState.IDLE, AgentState.UNSUBMITTED_INPUT, AgentState.WAITING_APPROVAL})
_AT_WORK: Final = frozenset({AgentState.BUSY, AgentState.STARTING})


def _facts(watch: Watch, still_s: float) -> list[tuple[frozenset[AgentState], str]]:
    """What is known, the surest first: the states that it rules out, and in words."""
    facts: list[tuple[frozenset[AgentState], str]] = []
    if watch.shells and not watch.programs:
        return [(_ALIVE, "but a shell, or nobody, was in front all the time")]
    printed_on = watch.prints >= _PRINTS or watch.moves >= _MOVES
    if printed_on:
        facts.append((_AT_REST | {AgentState.CRASHED}, "but it printed on without anybody typing"))
    if watch.programs and not watch.shells:
        facts.append((frozenset({AgentState.CRASHED}), "but a program was in front all the time"))
        if not printed_on and not watch.tools and _stood(watch) >= still_s:
            facts.append((_AT_WORK, f"but it stood still for {_stood(watch):.0f} s"))
    return facts


def _stood(watch: Watch) -> float:
    if watch.changed or watch.typed or watch.respawned or watch.since is None or watch.until is None:
        return 0.0
    return watch.until - watch.since


def _glimpse(shot: PaneShot) -> Glimpse:
    lines = [line for line in shot.text.split("\n") if not _FRAME.match(line)]
    typed = [line for line in lines if _TYPED.match(line)]
    printed = [line for line in lines if not _TYPED.match(line)]
    whole = crc32(shot.text.encode("utf-8", "surrogatepass"))
    return Glimpse(pid=shot.pid, printed=_sums(printed), typed=_sums(typed), whole=whole, history=shot.history)


def _is_shell(process: str) -> bool:
    return process.lstrip("-").rsplit("/", 1)[-1] in SHELLS


def _sums(lines: list[str]) -> tuple[int, ...]:
    return tuple(crc32(_DIGITS.sub("", line).strip().encode("utf-8", "surrogatepass")) for line in lines)
