"""The headline of a rollout: one of six words, one sentence and one command, the same on every face. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rollout.judgement.enums import Guardrail, Stage, State, Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, shown_state, stopped
from understudy.record import Record, instant_text

NO_RUN_AFTER_S: Final = 120.0
"""Without a cycle for so long there is no run."""
NOT_JUDGED: Final = "Not enough evidence yet: no cycle was judged in this stage."
NOTHING_YET: Final = "Nothing has run here yet. Watch a tmux server with: understudy run"
_COMMAND: Final = re.compile(r"`(understudy [^`]+)`")


class Word(StrEnum):
    """The verdict as a person reads it."""

    WATCHING = "Watching"
    NEEDS_YOU = "Needs you"
    READY = "Ready"
    UNSAFE = "Unsafe"
    ROLLED_BACK = "Rolled back"
    NO_RUN = "No run"


class Headline(Record):
    """Everything that a face claims about a rollout."""

    word: Word
    sentence: str
    command: str
    """The one command to type."""
    stage: Stage
    exposure_percent: int
    """The share of leases that the candidate owns now."""
    state: State
    verdict: Verdict
    """The judge's, in the light of where the rollout stands: one that was sent back is due for no rollback."""
    reasons: tuple[str, ...]
    """Sentences, the gravest first."""
    unsafe: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences that come before everything else."""
    decisions: int = 0
    """Decisions that wait for a person."""

    @property
    def text(self) -> str:
        """In one line: word and sentence."""
        return f"{self.word}: {self.sentence}."


@dataclass(frozen=True, slots=True)
class Waiting:
    """The decisions that wait for a person."""

    clusters: int = 0
    """Open clusters of differences."""
    actions: int = 0
    """Actions that need a second monitor's word or a person's."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.clusters + self.actions


@dataclass(frozen=True, slots=True)
class LastCycle:
    """The newest cycle that was written down."""

    age_s: float
    act: bool
    """True if the run was allowed to act."""


def headline(
    rollout_status: RolloutStatus,
    judgement: Judgement | None,
    plan: Plan,
    *,
    exposure_percent: int = 0,
    waiting: Waiting = Waiting(),
    last_cycle: LastCycle | None = None,
) -> Headline:
    """Say where a rollout stands.

    Args:
        rollout_status: Its status, including orders that no cycle has carried out yet.
        judgement: The judge's last word on this stage; None where there is none.
        plan: The plan that it is judged by.
        exposure_percent: The share that is in force, which may be less than the one that was asked for.
        waiting: The decisions that wait for a person.
        last_cycle: None before the first cycle.
    """
    verdict, reasons = ruling(rollout_status, judgement)
    state = shown_state(rollout_status, judgement, plan)
    unsafe = judgement.unsafe if judgement else ()
    if state is State.ROLLED_BACK:
        word, sentence, command = _rolled_back(rollout_status)
    elif unsafe:
        word, sentence, command = _unsafe(rollout_status, verdict, unsafe)
    elif last_cycle is None or last_cycle.age_s > NO_RUN_AFTER_S:
        word, sentence, command = _no_run(rollout_status, exposure_percent, last_cycle)
    elif verdict is Verdict.PROMOTABLE:
        word, sentence, command = _ready(rollout_status, plan, last_cycle)
    else:
        word, sentence, command = _going_on(rollout_status, verdict, reasons, judgement, waiting)
    if waiting.total and word is not Word.NEEDS_YOU:
        sentence = f"{sentence}; {decisions_text(waiting)}"
    return Headline(
        word=word,
        sentence=sentence,
        command=command,
        stage=rollout_status.stage,
        exposure_percent=exposure_percent,
        state=state,
        verdict=verdict,
        reasons=reasons,
        unsafe=unsafe,
        warnings=judgement.warnings if judgement else (),
        decisions=waiting.total,
    )


def ruling(rollout_status: RolloutStatus, judgement: Judgement | None) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and its reasons as they apply to where the rollout stands now.

    A freeze, a pause or a rollback may be younger than the judge's last word: it comes first, and promotes nothing.
    """
    halted = stopped(rollout_status)
    if judgement is None:
        return Verdict.HOLD, (halted or NOT_JUDGED,)
    verdict, reasons = judgement.verdict, judgement.reasons
    due = verdict is Verdict.ROLLBACK
    if not halted or (due and rollout_status.state is not State.ROLLED_BACK):
        return verdict, reasons
    if rollout_status.state is State.ROLLED_BACK and due:
        return Verdict.HOLD, (halted,)  # the reasons are those for which it went back
    return Verdict.HOLD, (halted, *(reason for reason in reasons if reason != halted))


def decisions_text(waiting: Waiting) -> str:
    """Say how many decisions wait, and on which subjects."""
    many = waiting.total
    subjects = [
        f"{count} {one if count == 1 else f'{one}s'}{more}"
        for count, one, more in ((waiting.clusters, "cluster", " of differences"), (waiting.actions, "action", ""))
        if count
    ]
    return f"{many} decision{'s' if many != 1 else ''} wait{'s' if many == 1 else ''} for you ({', '.join(subjects)})"


def _rolled_back(rollout_status: RolloutStatus) -> tuple[Word, str, str]:
    at = f"at {instant_text(rollout_status.since)[:19].replace('T', ' ')} UTC, " if rollout_status.since else ""
    sentence = f"{at}because {_bare(rollout_status.reason)}; the incumbent owns every lease"
    return Word.ROLLED_BACK, sentence, "understudy retry --reason ..."


def _unsafe(rollout_status: RolloutStatus, verdict: Verdict, unsafe: tuple[str, ...]) -> tuple[Word, str, str]:
    if verdict is Verdict.ROLLBACK:
        return Word.UNSAFE, f"a rollback is due, because {_bare(unsafe[0])}", "understudy rollback --now --reason ..."
    if halted := stopped(rollout_status):
        return Word.UNSAFE, f"{_bare(unsafe[0])}; {_bare(halted)}", _first_command((halted,)) or "understudy why"
    return Word.UNSAFE, f"held in {rollout_status.stage}, because {_bare(unsafe[0])}", "understudy why"


def _no_run(rollout_status: RolloutStatus, exposure_percent: int, last: LastCycle | None) -> tuple[Word, str, str]:
    if rollout_status.stage is Stage.OFF:
        return Word.NO_RUN, "nothing has run here yet", "understudy run"
    when = "no cycle yet" if last is None else f"the last cycle was {_ago(last.age_s)} ago"
    halted = stopped(rollout_status)
    more = f"; {_bare(halted)}" if halted else ""
    run = "understudy run --act" if last is not None and last.act else "understudy run"
    return Word.NO_RUN, f"{when}; the rollout is in {rollout_status.stage}, {exposure_percent} % exposed{more}", run


def _ready(rollout_status: RolloutStatus, plan: Plan, last: LastCycle) -> tuple[Word, str, str]:
    if rollout_status.stage is Stage.PRODUCTION:
        return Word.READY, "the incumbent may be retired", "understudy retire --reason ..."
    to = f"the candidate has earned {rollout_status.stage.next}"
    if plan.of_stage(rollout_status.stage).person:
        return Word.READY, f"{to}, and the plan wants a person's approval", "understudy approve --reason ..."
    if not last.act:
        return Word.READY, f"{to}, and the run only watches", "understudy run --act"
    return Word.READY, f"{to}: it is promoted in the next cycle", "understudy status"


def _going_on(
    rollout_status: RolloutStatus,
    verdict: Verdict,
    reasons: tuple[str, ...],
    judgement: Judgement | None,
    waiting: Waiting,
) -> tuple[Word, str, str]:
    halted = stopped(rollout_status)
    if halted:
        return Word.NEEDS_YOU, _bare(halted), _first_command((halted,))
    if waiting.total:
        command = "understudy diffs list" if waiting.clusters else "understudy approve"
        return Word.NEEDS_YOU, decisions_text(waiting), command
    if verdict is Verdict.HOLD:
        command = _first_command(reasons[:1])  # a reason that names a command does not lift by itself
        return (
            (Word.NEEDS_YOU if command else Word.WATCHING),
            f"held, because {_bare(reasons[0])}",
            (command or "understudy why"),
        )
    if rollout_status.stage is Stage.RETIRED:
        return Word.WATCHING, "the candidate is the only monitor", "understudy status"
    return Word.WATCHING, f"collecting evidence{_progress(judgement)}", "understudy why"


def _progress(judgement: Judgement | None) -> str:
    """Say how many spells have been scored, of those that the proof of `wrong` takes as it goes."""
    rows = judgement.rows if judgement else ()
    row = next((row for row in rows if row.guardrail is Guardrail.WRONG and row.stratum is None), None)
    return f", {row.bouts} of {row.bouts + row.needed} {row.unit}" if row is not None and row.needed else ""


def _first_command(texts: tuple[str, ...]) -> str:
    found = next((match for text in texts if (match := _COMMAND.search(text))), None)
    if found is None:
        return ""
    wants_reason = found[1].split()[1] in {"unfreeze", "retry", "resume"} and "--reason" not in found[1]
    return f"{found[1]} --reason ..." if wants_reason else found[1]


def _bare(text: str) -> str:
    return text.rstrip(".") or "no reason was given"


def _ago(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or unit == "min":
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
