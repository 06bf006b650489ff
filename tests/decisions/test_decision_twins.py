"""The fast twins agree with the product: on drawn streams, and on drawn runs of spells."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sequential_twin import NEVER, proven_at, rolled_back_at
from spell_figures import AS_LEGACY, BETTER, CRASH, EQUAL
from spell_judge import FAR, ruled
from spell_streams import RIGHT, SILENT, STATES, WRONG, Pair, Spells, drawn_spells

from rollout.judgement.enums import ONE_RIGHT, Guardrail, Stage
from rollout.judgement.events import OF_SPELLS
from rollout.judgement.evidence import Battery, Evidence, EvidenceEvent, Key
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.sequential import EventTally, EvidenceProcess, proven

PROCESSES = [
    EvidenceProcess(0.001, 0.01, 100),
    EvidenceProcess(0.001, 0.01, 667),
    EvidenceProcess(0.1, 0.1, 100),
    EvidenceProcess(0.5, 0.5, 667),
    EvidenceProcess(0.001, 0.01, 1e4, open_ended=True),
    EvidenceProcess(0.1, 0.1, 1e3, open_ended=True),
]


@given(st.sampled_from(PROCESSES), st.integers(0, 10**6), st.sampled_from([0.001, 0.01, 0.1, 0.6]))
@settings(max_examples=40, deadline=None)
def test_both_call_the_rollback_at_the_same_observation(process: EvidenceProcess, seed: int, rate: float) -> None:
    streams = np.random.default_rng(seed).random((3, 700)) < rate
    assert rolled_back_at(streams, process).tolist() == [alarm(process, stream) for stream in streams]


@given(st.integers(0, 10**6), st.sampled_from([0.001, 0.01, 0.05]), st.sampled_from([0.005, 0.01, 0.1]))
@settings(max_examples=40, deadline=None)
def test_both_call_the_proof_at_the_same_observation(seed: int, rate: float, bound: float) -> None:
    streams = np.random.default_rng(seed).random((3, 900)) < rate
    assert proven_at(streams, bound, 0.05).tolist() == [proof_at(stream, bound) for stream in streams]


def alarm(process: EvidenceProcess, stream: np.ndarray) -> int:
    tally = EventTally()
    for number, event in enumerate(stream.tolist(), 1):
        tally = process.fold(tally, event=event)
        if process.crossed(tally):
            return number
    return NEVER


def proof_at(stream: np.ndarray, bound: float) -> int:
    events = 0
    for number, event in enumerate(stream.tolist(), 1):
        events += event
        if proven(bound, 0.05, number, events):
            return number
    return NEVER


@given(st.integers(0, 10**6), st.sampled_from([BETTER, EQUAL, CRASH, AS_LEGACY]))
@settings(max_examples=12, deadline=None)
def test_both_judge_a_run_of_spells_at_the_same_spell(seed: int, pair: Pair) -> None:
    spells = drawn_spells(seed, 2, 400, pair, 0.02)
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    found = ruled(spells, battery)
    assert [by_the_product(spells, run, battery) for run in range(2)] == [
        (int(found.unsafe[run]), int(found.proven[run])) for run in range(2)
    ]


def by_the_product(spells: Spells, run: int, battery: Battery) -> tuple[int, int]:
    """The product's own way: events folded spell by spell; the first spell after which each line is proven."""
    evidence, unsafe, proven_since = Evidence(), FAR, dict[Key, int]()
    for number in range(spells.states.shape[1]):
        evidence = evidence.fold(evidence_events(spells, run, number), battery)
        for row in evidence.table(battery):
            key = (row.guardrail, row.stratum)
            if row.guardrail not in OF_SPELLS:
                continue
            if row.crossed:
                unsafe = min(unsafe, number + 1)
            enough = row.bouts >= (battery.few_told if row.guardrail is Guardrail.TOLD else 1)
            if key in battery.required and enough and row.needed == 0:
                proven_since.setdefault(key, number + 1)
    required = {key for key in battery.required if key[0] in OF_SPELLS}
    if evidence.of(Guardrail.TOLD).bouts < battery.few_told:
        required.discard((Guardrail.TOLD, None))
    return unsafe, max((proven_since.get(key, FAR) for key in required), default=0)


def evidence_events(spells: Spells, run: int, number: int) -> list[EvidenceEvent]:
    """What one drawn spell counts for, said with the product's own records."""
    ours, theirs = int(spells.candidate[run, number]), int(spells.incumbent[run, number])
    state, found = STATES[spells.states[run, number]], list[EvidenceEvent]()
    if ours != SILENT:
        found.append(EvidenceEvent(Guardrail.WRONG, event=ours == WRONG))
        found.append(EvidenceEvent(Guardrail.WRONG, event=ours == WRONG, stratum=state, whole=False))
    if ours != SILENT or theirs != SILENT:
        alone = (ours == RIGHT) != (theirs == RIGHT)
        lost = alone and theirs == RIGHT
        found.append(EvidenceEvent(Guardrail.WORSE, event=lost))
        if alone:
            found.append(EvidenceEvent(Guardrail.WORSE, event=lost, stratum=ONE_RIGHT, whole=False))
    if theirs == RIGHT and state != "busy":
        found.append(EvidenceEvent(Guardrail.TOLD, event=ours == WRONG))
    if state in {"waiting_approval", "crashed"}:
        found.append(EvidenceEvent(Guardrail.DUTY, event=ours == WRONG))
    return found
