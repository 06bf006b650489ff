"""The gate behind a monitor: every report is redacted here before it is compared, kept, shown or typed."""

from collections.abc import Iterator
from typing import Any

from tmuxio.redaction.documents import Redact
from tmuxio.redaction.quoting import neutral
from understudy.intents import Intent
from understudy.report import CycleReport, Problem
from understudy.verdicts import AgentVerdict

_BETWEEN = "\n\n"
"""Between two texts that do not belong together: nothing goes on across an empty line."""
_OF_INTENTS = ("reason", "text", "section", "briefing", "window_name")


def redact_report(report: CycleReport, redact: Redact) -> CycleReport:
    """Return the report without secrets, and its problems without control characters.

    Names of sessions stay: the harness routes by them.
    """
    texts = list(_texts(report))
    whole = _BETWEEN.join(texts)
    redacted, at, pieces = redact(whole), 0, list[str]()
    if redacted == whole and all(neutral(one.text) == one.text for one in report.problems):
        return report
    for text in texts:
        pieces.append(redacted[at : at + len(text)])
        at += len(text) + len(_BETWEEN)
    told = iter(pieces)
    return report.replace(
        verdicts={pane: _verdict(verdict, told) for pane, verdict in report.verdicts.items()},
        intents=tuple(_intent(intent, told) for intent in report.intents),
        problems=tuple(_problem(problem, told) for problem in report.problems),
    )


def _texts(report: CycleReport) -> Iterator[str]:
    for verdict in report.verdicts.values():
        yield verdict.window
        yield "\n".join(verdict.why.lines)
    for intent in report.intents:
        for name in _OF_INTENTS:
            if value := getattr(intent, name, None):
                yield value
    for problem in report.problems:
        yield problem.subject
        yield problem.text


def _verdict(verdict: AgentVerdict, told: Iterator[str]) -> AgentVerdict:
    window, whole, at, lines = next(told), next(told), 0, list[str]()
    for line in verdict.why.lines:
        lines.append(whole[at : at + len(line)])
        at += len(line) + 1
    if window == verdict.window and tuple(lines) == verdict.why.lines:
        return verdict
    why = verdict.why.replace(lines=tuple(lines))
    return verdict.replace(window=window, why=why)


def _intent(intent: Intent, told: Iterator[str]) -> Intent:
    update: dict[str, Any] = {name: next(told) for name in _OF_INTENTS if getattr(intent, name, None)}
    return intent.model_copy(update=update)


def _problem(problem: Problem, told: Iterator[str]) -> Problem:
    return problem.replace(subject=neutral(next(told)), text=neutral(next(told)))
