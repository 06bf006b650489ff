"""`understudy classify --jsonl`: screens on standard input, a state for each on standard output."""

import gc
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError

from modular.classify import BadQuestion, Question, classify_question
from modular.extensions import Extensions
from modular.rulebook.book import RuleBook
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.verb import verb
from rollout.loop.hosting.monitors import load, monitor_spec
from rollout.store.settings import load as load_settings
from rollout.store.settings import surroundings
from tmuxio.sources.tapes import TapeClock, TapeSource
from understudy import Frame, PaneShot, Tape
from understudy.outcomes import EVERYTHING

Classifier = Callable[[dict[str, Any]], dict[str, Any]]

_FRAMES = 4
_GAP_S = 0.3
_THEN = 1_700_000_000.0
"""The instant of the screens of a question: they carry none, and no rule may depend on it."""


@verb("classify", "classify --jsonl < screens.jsonl", "classify --jsonl --monitor legacy < screens.jsonl")
def classify(
    *,
    jsonl: Annotated[  # noqa: ARG001 - the one form there is; named, so that others may join it
        bool, typer.Option("--jsonl", help="JSON Lines in and out (the default).")
    ] = True,
    monitor: Annotated[str, typer.Option(metavar="MONITOR", help="legacy or modular.")] = "modular",
) -> Exit:
    """Read screens from standard input and print the state of each."""
    around = surroundings(load_settings().settings)
    request_kind = partial(classify_question, book=_book(around)) if monitor == "modular" else watcher(monitor, around)
    gc.freeze()  # the rules stay: to look through them for garbage costs a tenth of the answers
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            answer = request_kind(_question(line))
        except BadQuestion as fault:
            raise Stop(Exit.USAGE, f"line {number} of the input: {fault}") from fault
        sys.stdout.buffer.write(orjson.dumps({"schema": 1, **answer}) + b"\n")
        sys.stdout.buffer.flush()
    return Exit.OK


def _book(around: Mapping[str, str]) -> RuleBook:
    """Return the rules in force; faulty rule files and plugins are reported and left out."""
    extensions = Extensions(around)
    for fault in (*extensions.rule_faults, *(problem.text for problem in extensions.problems())):
        note(str(fault))
    return extensions.book


def _question(line: bytes) -> dict[str, Any]:
    try:
        question = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadQuestion(f"no JSON: {error}") from error
    if not isinstance(question, dict):
        raise BadQuestion("no JSON object")
    return question


def watcher(name: str, around: Mapping[str, str]) -> Classifier:
    """Make a classifier of any monitor: it reads a tape of one pane, without a memory."""
    os.environ.update(around)
    monitor, _ = load(monitor_spec(name))

    def request_kind(question: dict[str, Any]) -> dict[str, Any]:
        asked = _asked(question)
        tape = one_pane(asked)
        monitor.recall(None)
        report = monitor.cycle("classify", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
        verdict = report.verdicts.get(tape.frames[-1].panes[0].pane)
        if verdict is None:
            return {"id": asked.id, "state": "unknown", "detail": None, "rule": "not_seen_as_an_agent", "lines": []}
        return {
            "id": asked.id,
            "state": verdict.state.value,
            "detail": verdict.detail and verdict.detail.value,
            "rule": verdict.why.rule,
            "lines": list(verdict.why.lines),
        }

    return request_kind


def _asked(question: dict[str, Any]) -> Question:
    try:
        return Question.model_validate({key: value for key, value in question.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the question"
        raise BadQuestion(f"{place}: {first['msg']}") from error


def one_pane(asked: Question) -> Tape:
    """Make the tape of a question: its frames, or its screen standing still for four."""
    last = asked.screen_ansi or asked.screen
    if last is None and not asked.frames:
        raise BadQuestion("there is no screen: give `screen`, `screen_ansi` or `frames`")
    screens = list(asked.frames) or [last or ""] * _FRAMES
    if last is not None:
        screens[-1] = last
    return Tape(
        id="question",
        frames=tuple(
            Frame(at=round(_THEN + number * _GAP_S, 6), panes=(_shot(asked, screen),))
            for number, screen in enumerate(screens)
        ),
    )


def _shot(asked: Question, screen: str) -> PaneShot:
    return PaneShot(
        pane="%1",
        pid=1,
        session="team",
        session_id="$1",
        session_created=int(_THEN) - 3600,
        window_id="@1",
        window_index=1,
        window=asked.window_name or "Claude-agent",  # a name under which any monitor looks for an agent
        title=asked.pane_title,
        command=asked.pane_current_command,
        processes=asked.processes,
        ansi=screen,
    )
