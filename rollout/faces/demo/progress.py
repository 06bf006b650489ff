"""What the demo sees of the rollout: the ledger of the loop that runs beside it, read into views."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from rollout.faces.demo.view import DemoTransition, DemoView, Gauge
from rollout.judgement.enums import Guardrail
from rollout.judgement.evidence import EvidenceLine
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RolloutStatus, shown_state
from rollout.loop.acting.episode import EpisodeBook, EpisodeState
from rollout.loop.analysis import Analysis
from rollout.loop.stage_controller import rollout_status, trail
from rollout.store.ledger import LedgerReader
from rollout.store.ledger.records import DifferenceRow
from shadow.differences import Difference, Severity, Side

_RECENT: Final = 200
"""Differences that are looked through for the last few that tell something new."""
_SHOWN: Final = 4
_HELD_BACK: Final = {EpisodeState.WAITING_KEY, EpisodeState.ESCALATED}


class Progress(Protocol):
    """Where the rollout stands now."""

    def view(self, elapsed_s: float) -> DemoView:
        """Look; `elapsed_s` is how long the demo has lasted."""
        ...


class LedgerProgress:
    """Reads the ledger at `path`, which may not be there yet; `began` is when the demo began, epoch seconds."""

    def __init__(self, path: Path, plan: Plan, began: float) -> None:
        self._path = path
        self._plan = plan
        self._began = began
        self._reader: LedgerReader | None = None

    def view(self, elapsed_s: float) -> DemoView:
        """Look; before the loop's first cycle there is little to see."""
        if self._reader is None:
            if not self._path.exists():
                return DemoView(elapsed_s=elapsed_s, next="the first cycle")
            self._reader = LedgerReader.open(self._path)
        return self._viewed(self._reader, elapsed_s)

    def close(self) -> None:
        """Let go of the ledger."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _viewed(self, ledger: LedgerReader, elapsed_s: float) -> DemoView:
        now = rollout_status(ledger)
        judgement = _judgement(ledger, now)
        touches = ledger.deliveries()
        return DemoView(
            elapsed_s=elapsed_s,
            stage=now.stage,
            state=shown_state(now, judgement, self._plan),
            exposure_percent=now.exposure_percent,
            verdict=judgement.verdict if judgement else "",
            reasons=judgement.reasons if judgement else (),
            agents=_agents(ledger),
            cycles=ledger.cycle_count(),
            bouts=len(ledger.bouts(epoch=now.epoch)),
            delivered=sum(delivery.done is True for delivery in touches),
            held_back=_held_back(ledger, time.time()),
            gauges=tuple(_gauges(judgement.rows, self._plan)) if judgement else (),
            differences=_differences(ledger.differences(limit=_RECENT)),
            steps=tuple(
                DemoTransition(max(0.0, row.at - self._began), row.from_, row.to, row.actor, row.reason)
                for row in trail(ledger)
            ),
        )


def _judgement(ledger: LedgerReader, now: RolloutStatus) -> Judgement | None:
    """The judge's last word, if it is about the stage that rules now."""
    if (text := ledger.document("analysis")) is None:
        return None
    analysis = Analysis.model_validate_json(text)
    return analysis.judgement if analysis.epoch == now.epoch else None


def _agents(ledger: LedgerReader) -> int:
    report = ledger.latest_report("candidate") or ledger.latest_report("incumbent")
    return len(json.loads(report)["verdicts"]) if report else 0


def _held_back(ledger: LedgerReader, now: float) -> int:
    """How many acts that would destroy wait for the second monitor, or for a person."""
    if (text := ledger.document("acting")) is None:
        return 0
    book = EpisodeBook.model_validate(json.loads(text)["book"])
    return sum(episode.state(now) in _HELD_BACK for episode in book.episodes.values())


def _gauges(rows: Iterable[EvidenceLine], plan: Plan) -> Iterable[Gauge]:
    """The guardrails, each with the states that a promotion needs, and every line that has an event."""
    for row in rows:
        needed = row.stratum is None or row.stratum in plan.required_states
        if row.guardrail is Guardrail.NOISE or not (needed or row.events):
            continue
        name = row.guardrail if row.stratum is None else f"  {row.stratum}"
        yield Gauge(name.replace("_", " "), row.bouts, row.events, row.needed, row.spent)


def _differences(rows: Iterable[DifferenceRow]) -> tuple[str, ...]:
    """The last differences in a state or an act, newest first, of each cluster one."""
    told: dict[str, str] = {}
    for row in rows:
        if row.cluster in told:
            continue
        difference = Difference.model_validate_json(row.body)
        if (
            difference.severity is not Severity.DETAIL and difference.window
        ):  # what is left of a closed window is no news
            told[row.cluster] = _in_a_line(difference)
        if len(told) == _SHOWN:
            break
    return tuple(told.values())


def _in_a_line(difference: Difference) -> str:
    where = f"{difference.session}/{difference.window}" if difference.window else difference.session
    expected = f" (expected: {difference.expected})" if difference.expected else ""
    ours, theirs = difference.incumbent, difference.candidate
    if ours.state is theirs.state:
        alone = [f"only the incumbent wants {intent_key}" for intent_key in sorted(difference.only_incumbent_wants)]
        alone += [f"only the candidate wants {intent_key}" for intent_key in sorted(difference.only_candidate_wants)]
        return f"{where}: {_state(ours)}, {'; '.join(alone).replace('notify_manager:', 'notice of ')}{expected}"
    return f"{where}: {_state(ours)} / {_state(theirs)}{expected}"


def _state(side: Side) -> str:
    return side.state.replace("_", " ") if side.state else "unseen"
