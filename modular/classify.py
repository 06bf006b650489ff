"""The pure entry for scripts: one question in, one answer out, as JSON objects; and a line loop around it.

`python -m modular.classify` reads JSON Lines on standard input and answers each on standard output.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from pydantic import Field, ValidationError

from modular.reading.classifier import Reading, classify
from modular.rulebook.book import RuleBook
from understudy import PaneShot
from understudy.record import Record

__all__ = ["BadQuestion", "Question", "Reading", "classify", "classify_question", "main", "read_question"]

_NOWHERE: Final = {
    "pane": "%0",
    "pid": 0,
    "session": "",
    "session_id": "$0",
    "session_created": 0,
    "window_id": "@0",
    "window_index": 0,
}
"""The states that a single screen does not show and that no rule names."""


class BadQuestion(ValueError):
    """A question that cannot be answered; the text names the fault."""


class Question(Record, extra="ignore"):
    """One screen to classify. Everything but `id` and one of `screen`, `screen_ansi` and `frames` may be absent."""

    id: str | int
    screen: str | None = None
    """As `capture-pane -p` prints it."""
    screen_ansi: str | None = None
    """As `capture-pane -p -e` prints it."""
    frames: tuple[str, ...] = Field(default=(), max_length=64)
    """Screens 0.3 s apart, oldest first; with `screen`, that is the last of them."""
    pane_title: str = ""
    pane_current_command: str = ""
    processes: tuple[str, ...] = ()
    """Command names under the pane, outermost first."""
    agent: str | None = None
    window_name: str = ""
    width: int = Field(default=80, ge=1)
    """Columns of the pane."""
    height: int = Field(default=24, ge=1)
    """Rows of the pane."""


def classify_question(question: dict[str, Any], book: RuleBook | None = None) -> dict[str, Any]:
    """Answer one question with `id`, `state`, `detail`, `rule` and `lines`; raises `BadQuestion`.

    `book` holds the rules; None stands for those that ship.
    """
    asked, reading = read_question(question, book)
    return {
        "id": asked.id,
        "state": reading.state.value,
        "detail": None if reading.detail is None else reading.detail.value,
        "rule": reading.rule,
        "lines": list(reading.lines),
    }


def read_question(question: dict[str, Any], book: RuleBook | None = None) -> tuple[Question, Reading]:
    """Check a question and read its screen; as `classify_question`, with all that a reading says."""
    try:
        asked = Question.model_validate({key: value for key, value in question.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the question"
        raise BadQuestion(f"{place}: {first['msg']}") from None
    shots = _shots(asked)
    return asked, classify(shots, book=book, agent=asked.agent, colours=asked.screen_ansi is not None)


def _shots(asked: Question) -> Sequence[PaneShot]:
    last = asked.screen_ansi if asked.screen_ansi is not None else asked.screen
    if last is None and not asked.frames:
        raise BadQuestion("there is no screen: give `screen`, `screen_ansi` or `frames`")
    screens = [*asked.frames[:-1], last if last is not None else asked.frames[-1]]
    return [
        PaneShot.model_validate(
            {
                **_NOWHERE,
                "window": asked.window_name,
                "title": asked.pane_title,
                "command": asked.pane_current_command,
                "processes": asked.processes,
                "width": asked.width,
                "height": asked.height,
                "ansi": screen,
            }
        )
        for screen in screens
    ]


def main(questions: Iterable[str], answers: TextIO) -> int:
    """Answer line by line; a line that cannot be answered ends it with status 2 and a sentence."""
    for number, line in enumerate(questions, start=1):
        if not line.strip():
            continue
        try:
            answer = classify_question(_object(line))
        except BadQuestion as error:
            sys.stderr.write(f"line {number}: {error}\n")
            return 2
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()
    return 0


def _object(line: str) -> dict[str, Any]:
    try:
        question = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadQuestion(f"not JSON: {error}") from None
    if not isinstance(question, dict):
        raise BadQuestion("not a JSON object")
    return question


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout))
