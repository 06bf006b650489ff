"""ROLLBACK > HOLD > PROMOTABLE > CONTINUE, with sentences that an operator understands at 3 a.m."""

from dataclasses import replace

import pytest

from rollout.judgement.cli_versions import NewVersion
from rollout.judgement.enums import Guardrail, Stage, State, Verdict
from rollout.judgement.evidence import Battery, Evidence, EvidenceEvent
from rollout.judgement.exposure import LeaseBook
from rollout.judgement.guards import Guard, GuardKind
from rollout.judgement.headline import headline
from rollout.judgement.judge import Judgement, judge
from rollout.judgement.plan import GuardrailLimits, Plan
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN
from rollout.judgement.rollout_status import RolloutStatus
from rollout.judgement.seen import JudgementContext, StateCoverage
from rollout.judgement.why import why

NOW = 1_000_000.0
WIDE = StateCoverage(frozenset(f"%{n}/1" for n in range(9)), frozenset({"claude", "codex", "gemini"}))
ENOUGH = JudgementContext(
    watched_s=48 * 3600.0,
    panes=30,
    sessions=4,
    coverage=dict.fromkeys(DEFAULT_PLAN.required_states, WIDE),
    families=3,
    named=700,
)
GUARD = Guard(GuardKind.DESTRUCTIVE_KEY, "%1", "the candidate wants kill_window for %1")


def clean(plan: Plan, stage: Stage, times: int = 700, at: float = NOW - 1) -> Evidence:
    evidence_events = [
        EvidenceEvent(guardrail, event=False, stratum=stratum, whole=stratum is None, at=at)
        for guardrail in plan.guardrails
        for stratum in (None, *(plan.states if guardrail is Guardrail.WRONG else ()))
    ]
    return Evidence().fold(evidence_events * times, Battery.of(plan, stage))


@pytest.fixture(scope="module")
def proven() -> Evidence:
    return clean(DEFAULT_PLAN, Stage.CANARY)


def judged(
    evidence: Evidence, seen: JudgementContext = ENOUGH, *, plan: Plan = DEFAULT_PLAN, now: float = NOW
) -> Judgement:
    return judge(Stage.CANARY, evidence, seen, plan, now)


def test_with_every_proof_and_minimum_it_is_promotable(proven: Evidence) -> None:
    judgement = judged(proven)
    assert judgement.verdict is Verdict.PROMOTABLE
    assert "beta" in judgement.reasons[0]
    assert judgement.needed == 0


NEW = NewVersion(cli="codex", version="0.41.0", scored=3, wrong=0, needed=13)


def test_a_new_version_of_a_cli_holds_where_everything_is_proven(proven: Evidence) -> None:
    judgement = judged(proven, replace(ENOUGH, new_versions=(NEW,)))
    assert judgement.verdict is Verdict.HOLD
    assert judgement.reasons == (NEW.text,)


def test_where_the_candidate_is_alone_a_new_version_of_a_cli_holds_nothing(proven: Evidence) -> None:
    seen = replace(ENOUGH, new_versions=(NEW,))
    assert NEW.text not in judge(Stage.RETIRED, proven, seen, DEFAULT_PLAN, NOW).reasons


def test_why_says_that_an_upgrade_is_what_it_is_held_for(proven: Evidence) -> None:
    judgement = judged(proven, replace(ENOUGH, new_versions=(NEW,)))
    status = RolloutStatus(stage=Stage.CANARY, exposure_percent=5)
    assert "codex 0.41.0 is new here: 3 of 16 scored spells" in why(
        headline(status, judgement, DEFAULT_PLAN), status, judgement, DEFAULT_PLAN
    )


def test_without_data_it_holds_and_names_every_guardrail_that_is_silent() -> None:
    judgement = judged(Evidence())
    assert judgement.verdict is Verdict.HOLD
    assert len([reason for reason in judgement.reasons if reason.startswith("not enough evidence")]) == 4


def test_data_that_stopped_coming_is_no_data(proven: Evidence) -> None:
    judgement = judged(proven, now=NOW + DEFAULT_PLAN.quiet_s + 60)
    assert judgement.verdict is Verdict.HOLD
    assert "for 961 s" in judgement.reasons[0]


def test_twelve_guards_of_one_kind_are_one_sentence(proven: Evidence) -> None:
    twelve = tuple(Guard(GuardKind.MISSED_CRASH, f"d-{n}", f"pane %{n} had crashed") for n in range(12))
    judgement = judged(proven, replace(ENOUGH, guards=twelve))
    assert judgement.reasons == ("pane %0 had crashed; 11 more of this kind",)


KEYS = [key for key, process in Battery.of(DEFAULT_PLAN, Stage.CANARY).processes.items() if process.unsafe is not None]


def above(evidence: Evidence, key: tuple[Guardrail, str | None], stage: Stage, times: int = 3000) -> Evidence:
    evidence_event = EvidenceEvent(key[0], event=True, stratum=key[1], whole=key[1] is None, at=NOW)
    return evidence.fold([evidence_event] * times, Battery.of(DEFAULT_PLAN, stage))


@pytest.mark.parametrize("key", [key for key in KEYS if key[0] is not Guardrail.NOISE])
def test_one_line_that_is_shown_to_be_unsafe_rolls_an_exposed_candidate_back(
    proven: Evidence, key: tuple[Guardrail, str | None]
) -> None:
    judgement = judged(above(proven, key, Stage.CANARY))
    assert judgement.verdict is Verdict.ROLLBACK
    assert "is proven to be above" in judgement.reasons[0]
    assert judgement.unsafe == judgement.reasons
    assert judgement.spent == 1.0


@pytest.mark.parametrize("key", [key for key in KEYS if key[0] is not Guardrail.NOISE])
def test_the_same_line_holds_in_shadow_and_rolls_nothing_back(key: tuple[Guardrail, str | None]) -> None:
    evidence = above(clean(DEFAULT_PLAN, Stage.SHADOW), key, Stage.SHADOW)
    judgement = judge(Stage.SHADOW, evidence, ENOUGH, DEFAULT_PLAN, NOW)
    assert judgement.verdict is Verdict.HOLD
    assert judgement.reasons[0].startswith("unsafe, held in shadow: ")
    assert judgement.unsafe


def test_in_shadow_an_unsafe_line_lifts_by_itself_and_latches_nothing() -> None:
    key = (Guardrail.WRONG, None)
    evidence = above(Evidence(), key, Stage.SHADOW, 8)
    assert judge(Stage.SHADOW, evidence, ENOUGH, DEFAULT_PLAN, NOW).unsafe
    evidence = evidence.fold(
        [EvidenceEvent(Guardrail.WRONG, event=False, at=NOW)] * 300, Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    )
    assert not judge(Stage.SHADOW, evidence, ENOUGH, DEFAULT_PLAN, NOW).unsafe


def test_a_guard_in_shadow_holds_too() -> None:
    evidence = clean(DEFAULT_PLAN, Stage.SHADOW)
    judgement = judge(Stage.SHADOW, evidence, replace(ENOUGH, guards=(GUARD,)), DEFAULT_PLAN, NOW)
    assert (judgement.verdict, judgement.unsafe) == (Verdict.HOLD, (GUARD.text,))


HOLDS = {
    "frozen": {"stopped": "it is frozen (pager)"},
    "drift": {"drift": "the flag says 50 % and the ledger wants 5 %"},
    "incumbent": {"incumbent_ill": "it failed the last 3 cycles"},
    "candidate": {"candidate_ill": "it is being restarted"},
    "exposure": {"leases": (True, False)},
    "clusters": {"clusters_open": ("d-3fa9c1",)},
    "abstained": {"named": 100, "abstained": 21},
    "overruled": {"named": 89, "overruled": 11},
    "novel": {"novel": ("submit_draft",)},
}


@pytest.mark.parametrize("name", HOLDS)
def test_everything_that_holds_holds_though_all_is_proven(proven: Evidence, name: str) -> None:
    judgement = judged(proven, replace(ENOUGH, **HOLDS[name]))
    assert judgement.verdict is Verdict.HOLD
    assert len(judgement.reasons) == 1


@pytest.mark.parametrize("name", HOLDS)
def test_a_rollback_is_looked_at_before_everything_that_holds(proven: Evidence, name: str) -> None:
    judgement = judged(proven, replace(ENOUGH, guards=(GUARD,), **HOLDS[name]))
    assert judgement.verdict is Verdict.ROLLBACK
    assert judgement.reasons == (GUARD.text,)


def test_an_incumbent_that_sees_few_agents_is_said_first_and_holds_nothing(proven: Evidence) -> None:
    judgement = judged(proven, replace(ENOUGH, incumbent_blind="The incumbent sees 1 of 12 agents"))
    assert (judgement.verdict, judgement.warnings) == (Verdict.PROMOTABLE, ("The incumbent sees 1 of 12 agents",))


def test_a_noisy_incumbent_holds(proven: Evidence) -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.CANARY)
    noisy = proven.fold(
        [EvidenceEvent(Guardrail.NOISE, event=number % 3 == 0, at=NOW) for number in range(60)], battery
    )
    judgement = judged(noisy)
    assert judgement.verdict is Verdict.HOLD
    assert "disagreed with itself in 20 of 60 bouts" in judgement.reasons[0]


def test_a_missed_lease_is_forgiven_after_eight_that_were_its_own(proven: Evidence) -> None:
    assert judged(proven, replace(ENOUGH, leases=(False, *[True] * 7))).verdict is Verdict.HOLD
    assert judged(proven, replace(ENOUGH, leases=(False, *[True] * 8))).verdict is Verdict.PROMOTABLE


def test_no_lease_due_is_not_missing(proven: Evidence) -> None:
    assert judged(proven, replace(ENOUGH, leases=())).verdict is Verdict.PROMOTABLE


@pytest.mark.parametrize(
    ("less", "word"),
    [
        ({"panes": 3}, "3 of 24 panes"),
        ({"sessions": 1}, "1 of 2 sessions"),
        ({"watched_s": 3600.0}, "1 of 12 hours"),
    ],
)
def test_a_minimum_that_is_missing_goes_on_and_says_so(proven: Evidence, less: dict, word: str) -> None:
    judgement = judged(proven, replace(ENOUGH, **less))
    assert judgement.verdict is Verdict.CONTINUE
    assert judgement.reasons[0].startswith(word)


def test_the_number_of_clean_ones_that_are_needed_is_said() -> None:
    judgement = judged(clean(DEFAULT_PLAN, Stage.CANARY, times=100))
    assert judgement.verdict is Verdict.CONTINUE
    assert f"{judgement.needed} more clean results needed" in " ".join(judgement.reasons)


def test_where_only_spells_of_a_state_are_missing_it_holds_with_their_count() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.BETA)
    evidence = clean(DEFAULT_PLAN, Stage.BETA)
    evidence = Evidence({key: tally for key, tally in evidence.tallies.items() if key[1] != "waiting_approval"})
    spells = [EvidenceEvent(Guardrail.WRONG, event=False, stratum="waiting_approval", whole=False, at=NOW)] * 17
    judgement = judge(Stage.BETA, evidence.fold(spells, battery), ENOUGH, DEFAULT_PLAN, NOW)
    assert judgement.verdict is Verdict.HOLD
    (reason,) = judgement.reasons
    assert reason.startswith("waiting_approval: 17 of 3")


def test_a_waived_state_holds_nothing(proven: Evidence) -> None:
    evidence = Evidence({key: tally for key, tally in proven.tallies.items() if key[1] != "waiting_approval"})
    assert judged(evidence).verdict is Verdict.HOLD
    coverage = {state: WIDE for state in DEFAULT_PLAN.required_states if state != "waiting_approval"}
    waived = replace(ENOUGH, waived=frozenset({"waiting_approval"}), coverage=coverage)
    assert judged(evidence, waived).verdict is Verdict.PROMOTABLE


@pytest.mark.parametrize(
    ("coverage", "word"),
    [
        (StateCoverage(frozenset({"%1/1"}), WIDE.families), "crashed: spells of 1 of 6 panes"),
        (StateCoverage(WIDE.panes, frozenset({"claude"})), "crashed: spells of 1 of 3 CLI families"),
    ],
)
def test_spells_of_too_few_panes_or_clis_hold(proven: Evidence, coverage: StateCoverage, word: str) -> None:
    judgement = judged(proven, replace(ENOUGH, coverage={**ENOUGH.coverage, "crashed": coverage}))
    assert (judgement.verdict, judgement.reasons) == (Verdict.HOLD, (word,))


def test_a_fleet_of_one_cli_needs_no_other(proven: Evidence) -> None:
    one = StateCoverage(WIDE.panes, frozenset({"claude"}))
    seen = replace(ENOUGH, families=1, coverage=dict.fromkeys(DEFAULT_PLAN.required_states, one))
    assert judged(proven, seen).verdict is Verdict.PROMOTABLE


def test_in_the_demo_30_clean_ones_of_each_are_enough() -> None:
    assert judge(Stage.CANARY, clean(DEMO_PLAN, Stage.CANARY, 30), ENOUGH, DEMO_PLAN, NOW).verdict is Verdict.PROMOTABLE


@pytest.mark.parametrize("stage", [Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION, Stage.RETIRED])
def test_no_stage_is_promotable_without_data(stage: Stage) -> None:
    assert judge(stage, Evidence(), ENOUGH, DEFAULT_PLAN, NOW).verdict is Verdict.HOLD


def in_a_paragraph(rollout_status: RolloutStatus, judgement: Judgement) -> str:
    said = headline(rollout_status, judgement, DEFAULT_PLAN, exposure_percent=rollout_status.exposure_percent)
    return why(said, rollout_status, judgement, DEFAULT_PLAN)


@pytest.mark.parametrize(
    ("rollout_status", "words"),
    [
        (
            RolloutStatus(stage=Stage.CANARY, exposure_percent=5),
            ("is held", "not enough evidence", "promoted once none of this holds"),
        ),
        (RolloutStatus(stage=Stage.SHADOW, state=State.ROLLED_BACK, reason="d-1"), ("rolled back", "understudy retry")),
        (RolloutStatus(stage=Stage.BETA, state=State.PAUSED, reason="holiday"), ("is paused", "understudy resume")),
        (RolloutStatus(stage=Stage.BETA, frozen=True), ("is frozen", "understudy unfreeze")),
    ],
)
def test_why_says_where_it_stands_what_holds_it_and_what_would_change_that(
    rollout_status: RolloutStatus, words: tuple[str, ...]
) -> None:
    text = in_a_paragraph(rollout_status, judged(Evidence()))
    assert "\n" not in text
    for word in words:
        assert word in text


def test_why_tells_who_moves_a_promotable_one(proven: Evidence) -> None:
    judgement = judged(proven)
    assert "promoted in the next cycle" in in_a_paragraph(RolloutStatus(stage=Stage.CANARY), judgement)
    assert "understudy retire" in in_a_paragraph(RolloutStatus(stage=Stage.PRODUCTION), judgement)


def test_a_lease_that_ended_counts_by_who_owned_it_most_of_the_time() -> None:
    book = LeaseBook()
    for own in (True, True, False):
        book = book.note([("a#1", own), ("b#1", False)])
    book = book.note([("a#2", True)])
    assert book.finished == (True, False)
    assert LeaseBook.model_validate_json(book.model_dump_json()) == book


def test_a_minimum_is_not_reached_by_rounding(proven: Evidence) -> None:
    assert judged(proven, replace(ENOUGH, watched_s=12 * 3600 - 18.0)).verdict is Verdict.CONTINUE


def test_a_guardrail_in_dry_run_is_shown_and_decides_nothing() -> None:
    limits = DEFAULT_PLAN.guardrails | {Guardrail.LIVE_MISMATCH: GuardrailLimits(dry_run=True)}
    plan = DEFAULT_PLAN.model_copy(update={"guardrails": limits})
    battery = Battery.of(plan, Stage.CANARY)
    bad = clean(plan, Stage.CANARY).fold([EvidenceEvent(Guardrail.LIVE_MISMATCH, event=True, at=NOW)] * 50, battery)
    judgement = judged(bad, plan=plan)
    assert judgement.verdict is Verdict.PROMOTABLE
    assert [row.crossed for row in judgement.rows if row.guardrail is Guardrail.LIVE_MISMATCH] == [True]


def test_a_retired_incumbent_leaves_failures_alone_to_be_counted() -> None:
    rows = judge(Stage.RETIRED, Evidence(), ENOUGH, DEFAULT_PLAN, NOW).rows
    assert {row.guardrail for row in rows} == {Guardrail.FAILURE}
