"""The referee's book: its state between two looks, and the one function that enters a look.

The book is a record that can be stored as JSON; it holds no text of a screen. A replay enters tape after tape as
the live cycles do, so both give the same names, however the looks are divided among calls.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from pydantic import Field

from shadow.referee.actions import ActionEpisode, advance_episodes, is_misdirected
from shadow.referee.claims import one_look
from shadow.referee.naming import PaneLook, Track, close_pane, follow_pane
from shadow.referee.own_reports import OwnReport
from shadow.referee.premises import claim_of
from shadow.referee.records import CliVersion, ScoredSpell
from shadow.referee.spells import OpenSpell, Subject, continued, ended
from shadow.rules import Windows
from understudy.intents import Intent
from understudy.record import Instant, Record
from understudy.report import CycleReport
from understudy.screens import PaneShot, Tape
from understudy.verdicts import UNKNOWN_AGENT

_SHORTEST_GAP_S: Final = 6.0
_LONGEST_GAP_S: Final = 90.0
_GAPS: Final = 3
"""Frames that are further apart than so many looks are no continuous observation."""
_PACED_BY: Final = 9


class RefereeLook(NamedTuple):
    """One cycle, as the referee reads it."""

    tape: Tape
    incumbent: CycleReport | None = None
    """None if the monitor was not asked or failed."""
    candidate: CycleReport | None = None
    touched: frozenset[str] = frozenset()
    """Panes into which the harness typed since the look before: what follows may answer its keys."""
    noticed: frozenset[str] = frozenset()
    """Panes about which the harness told a manager since the look before: a prompt may answer that."""
    words: Mapping[str, OwnReport] = {}
    """The CLIs' own reports (`OwnReports.between`)."""
    running: Mapping[str, CliVersion] = {}
    """By pane, the CLI that runs in it, where its version is known."""


class PaneBook(Record):
    """The state of one pane."""

    pid: int
    session: str
    window: str
    agent: str = UNKNOWN_AGENT
    ran: CliVersion | None = None
    """The CLI that runs in it, or ran there last."""
    track: Track = Track()
    spell: OpenSpell | None = None
    incumbent: tuple[ActionEpisode, ...] = ()
    candidate: tuple[ActionEpisode, ...] = ()
    looked: Instant
    """The last look of the pane."""


class RefereeBook(Record):
    """The state of all panes."""

    panes: dict[str, PaneBook] = Field(default_factory=dict)
    looked: tuple[Instant, ...] = ()
    """Times of the latest looks."""

    @property
    def gap_s(self) -> float:
        """Frames further apart than so many seconds are no continuous observation."""
        gaps = [after - before for before, after in pairwise(self.looked)]
        return min(_LONGEST_GAP_S, max(_SHORTEST_GAP_S, _GAPS * median(gaps))) if gaps else _LONGEST_GAP_S


def advance(book: RefereeBook, look: RefereeLook, windows: Windows) -> tuple[RefereeBook, tuple[ScoredSpell, ...]]:
    """Enter one look; returns the spells that can be scored by now, in the order of their panes."""
    at, gap_s = look.tape.at, book.gap_s
    frames, shots = _by_pane(look.tape)
    about = (_intents_by_pane(look.incumbent), _intents_by_pane(look.candidate))
    panes, done = dict[str, PaneBook](), list[ScoredSpell]()
    for name, known in book.panes.items():
        goes_on = 0 <= at - known.looked <= gap_s
        if name in frames and goes_on and frames[name][-1][1].pid == known.pid:
            continue
        if name not in frames and goes_on:
            panes[name] = known
        else:
            done += _closed(name, known, windows)
    for name, seen in frames.items():
        shot = seen[-1][1]
        before = book.panes.get(name)
        if before is None or before.pid != shot.pid:
            before = PaneBook(pid=shot.pid, session=shot.session, window=shot.window, looked=at)
        elif not 0 <= at - before.looked <= gap_s:  # only the process is known across the gap, not what happened in it
            before = before.model_copy(update={"track": Track(was_here=before.track.was_here), "spell": None})
        panes[name], spells = _entered(name, before, seen, look, shots, about, gap_s, windows)
        done += spells
    looked = (*book.looked, at)[-_PACED_BY:]
    return RefereeBook.model_construct(panes=panes, looked=looked), tuple(done)


def finish(book: RefereeBook, windows: Windows) -> tuple[ScoredSpell, ...]:
    """Return the spells that are open when no look will follow; looks without a name stay unnamed."""
    return tuple(spell for name, known in book.panes.items() for spell in _closed(name, known, windows))


_Frames = list[tuple[float, PaneShot]]
_About = tuple[Mapping[str, Sequence[Intent]], Mapping[str, Sequence[Intent]]]


def _entered(
    name: str,
    before: PaneBook,
    seen: _Frames,
    look: RefereeLook,
    shots: dict[str, PaneShot],
    about: _About,
    gap_s: float,
    windows: Windows,
) -> tuple[PaneBook, list[ScoredSpell]]:
    at, shot, word = look.tape.at, seen[-1][1], look.words.get(name)
    reports = (look.incumbent, look.candidate)
    intents = tuple(side.get(name, ()) for side in about)
    claims = [claim_of(report, shot, own) for report, own in zip(reports, intents, strict=True)]
    agent = agent_in(name, look.candidate, look.incumbent) or before.agent
    ran = look.running.get(name) or (before.ran if before.ran is not None and before.ran.cli == agent else None)
    pane_look = PaneLook(
        frames=seen,
        run=one_look(at, claims[0], claims[1], ran),
        foreign=name in look.touched,
        noticed=name in look.noticed,
        word=word.state if word is not None and word.pid == shot.pid else None,
    )
    track, decided = follow_pane(before.track, pane_look, gap_s)
    oldest = before.spell.run.began if before.spell else track.queue[0].run.began if track.queue else at
    episodes = [
        advance_episodes(known, [(one, is_misdirected(one, shots, reports)) for one in own], at, oldest)
        for known, own in zip((before.incumbent, before.candidate), intents, strict=True)
    ]
    who = Subject(name, shot.pid, shot.session, shot.window, agent, episodes[0], episodes[1])
    spell, spells = continued(before.spell, decided, who, windows)
    after = PaneBook.model_construct(
        pid=shot.pid,
        session=shot.session,
        window=shot.window,
        agent=agent,
        ran=ran,
        track=track,
        spell=spell,
        incumbent=episodes[0],
        candidate=episodes[1],
        looked=at,
    )
    return after, spells


def _closed(name: str, known: PaneBook, windows: Windows) -> list[ScoredSpell]:
    who = Subject(name, known.pid, known.session, known.window, known.agent, known.incumbent, known.candidate)
    spell, spells = continued(known.spell, close_pane(known.track), who, windows)
    return [*spells, *ended(spell, who, windows)]


def _by_pane(tape: Tape) -> tuple[dict[str, _Frames], dict[str, PaneShot]]:
    frames, shots = defaultdict[str, _Frames](list), dict[str, PaneShot]()
    for frame in tape.frames:
        for shot in frame.panes:
            shots[shot.pane] = shot
            if not shot.vanished:
                frames[shot.pane].append((frame.at, shot))
    return frames, shots


def _intents_by_pane(report: CycleReport | None) -> Mapping[str, Sequence[Intent]]:
    found = defaultdict[str, list[Intent]](list)
    for intent in report.intents if report is not None else ():
        if intent.pane is not None:
            found[intent.pane].append(intent)
    return found


def agent_in(pane: str, *reports: CycleReport | None) -> str | None:
    """Return the CLI family of the first report that names one in a pane; None where none does."""
    for report in reports:
        verdict = report.verdicts.get(pane) if report is not None else None
        if verdict is not None and verdict.agent != UNKNOWN_AGENT:
            return verdict.agent
    return None
