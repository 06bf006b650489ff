"""The state of the loop between two cycles, all of it kept in the ledger so that a start goes on from it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from rollout.judgement.enums import Stage
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.acting.episode import EpisodeBook, Rules
from rollout.loop.acting.handover import hand_over
from rollout.loop.acting.settling import DeliveryEnd, DeliveryEndKind, Effects, outcomes, settle
from rollout.loop.analysis import Analysis
from rollout.loop.hosting.host import HostAnswer
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import MonitorMemory
from rollout.store.ledger import LedgerReader, MemoryRow, Transaction
from tmuxio.redaction import redact_document
from understudy.outcomes import Outcome

_ENDED = {kind.value: kind for kind in DeliveryEndKind}


@dataclass
class LoopState:
    """The state that one cycle hands to the next."""

    analysis: Analysis = field(default_factory=Analysis)
    book: EpisodeBook = field(default_factory=EpisodeBook)
    acted_in: int = 0
    """Epoch in which the book was last advanced: if the stage has changed since, everything is handed over."""
    retired: bool = False
    """Whether the incumbent is switched off: then it is not asked about anything."""
    memories: dict[MonitorRole, JsonValue] = field(default_factory=dict)
    texts: dict[MonitorRole, tuple[JsonValue, str]] = field(default_factory=dict)
    """The last memories that were kept, each with its text, secrets blanked."""

    @classmethod
    def load(cls, ledger: LedgerReader) -> "LoopState":
        """Return the state as the last cycle left it."""
        loop_state = cls()
        loop_state.take_up(ledger)
        return loop_state

    def take_up(self, ledger: LedgerReader) -> None:
        """Continue from the last recorded cycle; nothing changes if there is none."""
        if (text := ledger.document("analysis")) is not None:
            self.analysis = Analysis.model_validate_json(text)
        if (text := ledger.document("acting")) is not None:
            acting = json.loads(text)
            self.book = EpisodeBook.model_validate(acting["book"])
            self.acted_in = acting["epoch"]
        for part in MonitorRole:
            if (memory := ledger.memory(part)) is not None:
                self.memories[part] = json.loads(memory.body)
                self.texts[part] = self.memories[part], memory.body

    def go_back(self, ledger: LedgerReader) -> None:
        """Drop unrecorded changes: return to the state of the last recorded cycle."""
        written = LoopState.load(ledger)
        self.analysis, self.book, self.acted_in = written.analysis, written.book, written.acted_in
        self.memories, self.texts = written.memories, written.texts

    def take_ends(self, ledger: LedgerReader, rules: Rules) -> Effects:
        """Enter what became of deliveries since the last cycle; returns what they did to panes."""
        ends, touched, noticed = list[DeliveryEnd](), set[str](), set[str]()
        for name in self.book.pending:
            row = ledger.delivery(name)
            if row is not None and row.status in _ENDED:
                ends.append(DeliveryEnd(name, _ENDED[row.status], row.finished_at or row.wanted_at, row.why))
                if row.done and row.target:
                    touched.add(row.target)
                    noticed |= self._noticed_by(name)
        self.book = settle(self.book, ends, rules)
        return Effects(frozenset(touched), frozenset(noticed))

    def _noticed_by(self, delivery: str) -> set[str]:
        episodes = (one for one in self.book.episodes.values() if one.pending == delivery)
        return {one.pane for one in episodes if one.pane and one.kind == "notify_manager"}

    def hand_over_if_moved(self, rollout_status: RolloutStatus) -> None:
        """Hand over every open episode after a change of stage, also after an operator's."""
        if self.acted_in not in {0, rollout_status.epoch}:
            self.book = hand_over(self.book)
        self.acted_in = rollout_status.epoch
        self.retired = rollout_status.stage is Stage.RETIRED

    def text_of(self, part: MonitorRole, memory: JsonValue) -> str | None:
        """Return the text of a memory, secrets blanked; None where there is none."""
        known, text = self.texts.get(part, (None, "null"))
        return text if known is memory else None

    def remember(self, answers: Mapping[MonitorRole, HostAnswer]) -> None:
        """Take over the memories of the monitors that reported."""
        self.memories |= {role: answer.memory for role, answer in answers.items() if answer.report is not None}

    def monitor_memories(self) -> dict[MonitorRole, MonitorMemory]:
        """Return the memory and the outcomes of each monitor for the next cycle."""
        return {part: MonitorMemory(self.memories.get(part), self.outcomes(part)) for part in MonitorRole}

    def outcomes(self, part: MonitorRole) -> tuple[Outcome, ...]:
        """Return the outcomes of the intents of a part's last report."""
        return outcomes(self.book, part)

    def keep(self, tx: Transaction, memories: Iterable[MemoryRow]) -> None:
        """Record the state, with the memories of the monitors that reported, secrets blanked."""
        tx.keep_document("analysis", self.analysis.model_dump_json())
        tx.keep_document("acting", json.dumps({"epoch": self.acted_in, "book": self.book.model_dump(mode="json")}))
        for memory in memories:
            tx.keep_memory(memory)


def blanked(value: JsonValue, redact: Callable[[str], str]) -> JsonValue:
    """Redact every text in a JSON document."""
    return redact_document(value, redact)
