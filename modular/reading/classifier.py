"""The meaning of a pane's screen: shots of one pane in, one reading with its reason out. Pure.

The order decides: the processes first (no agent process means no agent, on any screen), then the rules by priority,
between them the composer (a draft, later an empty one), then signs of a start; the rest is doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from modular.reading import crash, processes
from modular.reading.composer import Composer
from modular.reading.identity import identify, named, was_there
from modular.reading.matching import first_match
from modular.reading.motion import Motion, at_work, motions
from modular.reading.nesting import inner
from modular.reading.processes import Front
from modular.reading.quoting import is_quoted
from modular.reading.screen import Screen, cut
from modular.rulebook.book import AgentRules, CompiledRule, RuleBook, shipped
from modular.rulebook.file import UNKNOWN
from understudy import AgentState, IdleDetail, PaneShot

_EVIDENCE_LINES: Final = 3
DOUBT: Final = "doubt"
"""The rule of a reading where no rule held."""
_START_ROWS: Final = 6
"""An agent that starts has printed no more rows than these below the line that started it."""


class Reading(NamedTuple):
    """The reading of one pane. A tuple: one is made of every screen that is read."""

    state: AgentState
    detail: IdleDetail | None
    rule: str
    """Stable id of the rule that decided."""
    lines: tuple[str, ...]
    """The rows of the screen on which it rests."""
    agent: str
    """The CLI; `unknown` where nothing identifies it."""
    draft: str | None = None
    """The text that was typed and not sent."""
    wants_motion: bool = False
    """A rule that outranks this one would need more than one frame to be tried."""
    settling: bool = False
    """Something was printed in the earlier frames, and no more in the newest."""
    turn: str = ""
    """The last thing that a person asked, with the rows above it, as the screen shows them; empty where it does not."""


def classify(
    shots: Sequence[PaneShot],
    *,
    book: RuleBook | None = None,
    agent: str | None = None,
    last_agent: str | None = None,
    colours: bool = True,
) -> Reading:
    """Read one pane from one or more of its shots, oldest first and about 0.3 s apart.

    `agent` names the CLI where the caller knows it, `last_agent` the one last seen in this pane; `colours` is False
    where the shots are plain text. Raises `ValueError` for no shots at all.
    """
    if not shots:
        raise ValueError("there is nothing to classify: no shot of the pane was given")
    book = shipped() if book is None else book
    chain = processes.chain(shots[-1])
    if processes.may_nest(chain):
        shots = [inner(shot, chain) for shot in shots]
    shot = shots[-1]
    known = agent if agent in book.agents else None
    who = known or identify(shot, chain, book, last_agent)
    front = processes.front(chain, book, dead=shot.dead)
    if shot.vanished:
        return _reading(AgentState.UNKNOWN, "pane.vanished", (), who)
    if (gone := _gone(shot, front, known or was_there(last_agent, book) or who)) is not None:
        return gone
    reading = _read(_Sight(shots, book.of(who), book.commands, colours), front, who)
    if reading.rule == DOUBT and known is None and named(shot, chain, book) is None:
        # only its looks identified the CLI, and none of its rules fit: another CLI may look like it
        reading = _read(_Sight(shots, book.of(UNKNOWN), book.commands, colours), front, who)
    return reading


@dataclass(slots=True)
class _Sight:
    """The newest screen, and the earlier ones where a rule asks for motion."""

    shots: Sequence[PaneShot]
    rules: AgentRules
    commands: frozenset[str]
    """Return every command that starts a CLI."""
    colours: bool
    wants_motion: bool = False
    """A rule needs more than one frame, and there is but one."""
    settling: bool = False
    """Something was printed in the earlier frames alone."""
    _cut: dict[int, Screen] = field(default_factory=dict)

    def screen(self, index: int = -1) -> Screen:
        at = index % len(self.shots)
        if (screen := self._cut.get(at)) is None:
            screen = self._cut[at] = cut(self.shots[at], self.rules, colours=self.colours)
        return screen

    def moves(self, rule: CompiledRule) -> bool:
        """Return whether a rule's region shows work that goes on, in the frames that are laid out as the newest is."""
        newest, region = self.screen(), rule.rule.region
        size, has_composer = _size(self.shots[-1]), newest.composer is not None
        alike: list[Sequence[str]] = []
        for index, shot in enumerate(self.shots):
            screen = self.screen(index)
            if _size(shot) == size and (screen.composer is not None) is has_composer:
                alike.append(screen.region(region).split("\n"))
        seen = motions(alike, rule.rule.lines)
        if Motion.AT_WORK not in seen and not at_work(seen):
            return False
        is_fresh = self.is_fresh()
        self.settling = not is_fresh and not at_work(seen)
        return not is_fresh and at_work(seen)

    def is_fresh(self) -> bool:
        """Return whether the agent has no request yet, and so no work."""
        screen = self.screen()
        return any(
            rule.rule.detail is IdleDetail.FRESH and _holds(rule, screen) is not None
            for rule in screen.likely.over_empty
        )


def _size(shot: PaneShot) -> tuple[int, int]:
    return shot.width, shot.height


def _gone(shot: PaneShot, front: Front, agent: str) -> Reading | None:
    if front is Front.NOTHING:
        return _reading(AgentState.CRASHED, "process.dead", (), agent)
    if front is Front.SHELL:
        return _reading(AgentState.CRASHED, "process.shell", (" ".join(processes.chain(shot)),), agent)
    if front in {Front.UNSEEN, Front.HIDDEN} and (prompt := crash.prompt_at_bottom(shot.text.split("\n"))) is not None:
        return _reading(AgentState.CRASHED, "shell.prompt", (prompt,), agent)
    return None


def _read(sight: _Sight, front: Front, agent: str) -> Reading:
    screen = sight.screen()
    composer, likely = screen.composer, screen.likely
    reading = _first_that_holds(likely.over_draft, sight, screen, agent)
    if reading is None and composer is not None and composer.draft:
        reading = _typed(screen, composer, agent)
    if reading is None:
        reading = _first_that_holds(likely.over_empty, sight, screen, agent)
    if reading is None and composer is not None:
        reading = _reading(AgentState.IDLE, f"{composer.owner}.composer.empty", _rows_of(screen, composer), agent)
    if reading is None:
        reading = _first_that_holds(likely.rest, sight, screen, agent)
    if reading is None:
        reading = _without_a_rule(sight, screen, front, agent)
    return reading._replace(wants_motion=sight.wants_motion, settling=sight.settling, turn=screen.asked())


def _first_that_holds(rules: Sequence[CompiledRule], sight: _Sight, screen: Screen, agent: str) -> Reading | None:
    """Try rules in order; the sight notes whether one on the way would have needed more frames, or saw motion end."""
    for rule in rules:
        if (lines := _holds(rule, screen)) is None:
            continue
        wanted = rule.rule
        if wanted.motion is not None:
            if len(sight.shots) == 1:
                sight.wants_motion = True
                continue
            if sight.moves(rule) is not (wanted.motion == "moving"):
                continue
        composer = screen.composer
        draft = composer.text if composer is not None and composer.draft else None
        return Reading(wanted.state, wanted.detail, wanted.id, lines, agent, draft)
    return None


def _typed(screen: Screen, composer: Composer, agent: str) -> Reading:
    rule, lines = f"{composer.owner}.composer.draft", _rows_of(screen, composer)
    return Reading(AgentState.UNSUBMITTED_INPUT, None, rule, lines, agent, composer.text)


def _without_a_rule(sight: _Sight, screen: Screen, front: Front, agent: str) -> Reading:
    """Return the reading where no rule holds: a CLI that drew nothing yet, or one that runs a command; else doubt."""
    chain = processes.chain(sight.shots[-1])
    filled = screen.whole()
    if not filled:
        alive = front in {Front.AGENT, Front.PROGRAM, Front.HIDDEN}
        return _reading(*((AgentState.STARTING, "start.blank") if alive else (AgentState.UNKNOWN, DOUBT)), (), agent)
    launched = crash.launch_line(filled, sight.commands | {*chain})
    if launched is None and front in {Front.PROGRAM, Front.HIDDEN} and processes.may_hide_an_agent(chain):
        launched = crash.launch_line(filled[-1:], None)
    if launched is not None and len(filled) - launched <= _START_ROWS:
        return _reading(AgentState.STARTING, "start.launch", (filled[launched],), agent)
    if processes.runs_a_tool(chain):
        return _reading(AgentState.BUSY, "process.tool", (" ".join(chain),), agent)
    return _reading(AgentState.UNKNOWN, DOUBT, (), agent)


def _holds(rule: CompiledRule, screen: Screen) -> tuple[str, ...] | None:
    """Return the rows that make a rule hold, its motion aside; None where it does not hold."""
    wanted = rule.rule
    if wanted.composer is not None and (screen.composer is not None) is not (wanted.composer == "present"):
        return None
    text = screen.region(wanted.region, wanted.lines)
    found = _found(rule, text)
    if found is not None and wanted.quotable:
        found = _outside_of_answers(rule, screen, text, found)
    if found is None:
        return None
    if wanted.region == "composer" and screen.composer is not None:  # its text is not a row as it is drawn
        return _rows_of(screen, screen.composer)
    return _evidence(text, found)


def _found(rule: CompiledRule, text: str) -> list[re.Match[str]] | None:
    """Find all patterns of a rule in its region; None where one is missing or an excluded one is found."""
    needs = rule.rule.needs
    if not text or (needs and not any(literal in text for literal in needs)):
        return None
    found: list[re.Match[str]] = []
    if rule.any:
        first = first_match(rule.any, text)
        if first is None:
            return None
        found.append(first)
    for pattern in rule.all:
        match = pattern.search(text)
        if match is None:
            return None
        found.append(match)
    return found if first_match(rule.none, text) is None else None


def _outside_of_answers(
    rule: CompiledRule, screen: Screen, text: str, found: list[re.Match[str]]
) -> list[re.Match[str]] | None:
    """Return the first match of the rule that no answer quotes, with the rest of `found`; None where there is none."""
    rows = screen.rows_of(rule.rule.region)
    offset = len(rows) - 1 - text.count("\n")
    for pattern in rule.any or rule.all[:1]:
        for match in pattern.finditer(text):
            first = offset + text.count("\n", 0, match.start() + _leading_line_ends(match))
            if not is_quoted(rows, first, offset + text.count("\n", 0, match.end())):
                return [match, *found[1:]]
    return None


def _leading_line_ends(match: re.Match[str]) -> int:
    """Return the length of the blank start of a match: blanks at the start of a pattern may begin in a row above."""
    return len(match[0]) - len(match[0].lstrip())


def _evidence(text: str, found: Sequence[re.Match[str]]) -> tuple[str, ...]:
    rows: list[str] = []
    for match in found:
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        for row in text[start : end if end >= 0 else len(text)].split("\n"):
            if row.strip() and row not in rows:
                rows.append(row)
    return tuple(rows[:_EVIDENCE_LINES])


def _rows_of(screen: Screen, composer: Composer) -> tuple[str, ...]:
    rows = [row for row in screen.rows[composer.first : composer.last + 1] if row.strip()]
    return tuple(rows[:_EVIDENCE_LINES])


def _reading(state: AgentState, rule: str, lines: tuple[str, ...], agent: str) -> Reading:
    return Reading(state, None, rule, lines, agent)
