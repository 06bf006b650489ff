"""A sign-off or an edited rule starts again what it touches, and nothing else."""

from test_events import BUSY, CRASHED, IDLE, bout

from rollout.judgement.events import start_again, touched_by
from rollout.judgement.evidence import WITH_STRATA, Battery, Evidence, Fact
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.words import Guardrail, Stage
from rollout.loop.by_register import by_register
from rollout.loop.trial import Trial
from shadow.expected import ExpectedRegister, shipped
from shadow.strata import Stratum

BATTERY = Battery.of(DEFAULT_PLAN, Stage.CANARY)


def evidence() -> Evidence:
    facts = [
        Fact(guardrail, event=False, stratum=stratum, whole=stratum is None)
        for guardrail in DEFAULT_PLAN.guardrails
        for stratum in (None, *(Stratum if guardrail in WITH_STRATA else ()))
    ]
    return Evidence().fold(facts * 5, BATTERY)


def test_a_sign_off_touches_the_strata_in_which_its_bouts_differ() -> None:
    keys = touched_by([bout(IDLE, BUSY)])
    assert keys == {(guardrail, stratum) for guardrail in WITH_STRATA for stratum in (None, Stratum.NOTICE_IDLE)}


def test_what_is_touched_starts_again_and_the_rest_goes_on() -> None:
    before = evidence()
    after = before.fold(start_again(touched_by([bout(CRASHED, BUSY)]), "accept d-1"), BATTERY)
    gone = {key for key in before.tallies if key not in after.tallies}
    assert {key[1] for key in gone} == {None, Stratum.NOTICE_CRASH}
    assert {key[0] for key in gone} == set(WITH_STRATA)
    for guardrail in (Guardrail.EYES, Guardrail.FAILURE, Guardrail.CYCLE_TIME):
        assert after.of(guardrail) == before.of(guardrail)
    assert after.of(Guardrail.ACTION_DIFFERENCE, Stratum.DRAFT).bouts == 5


def test_an_agreement_touches_nothing() -> None:
    assert touched_by([bout(IDLE, IDLE)]) == frozenset()


def test_the_first_register_starts_nothing_again_and_the_same_one_neither() -> None:
    trial, facts = by_register(Trial(), shipped())
    assert facts == ()
    assert by_register(trial, shipped()) == (trial, ())


def test_an_edited_rule_starts_again_what_its_entry_is_about() -> None:
    trial, _ = by_register(Trial(), shipped())
    entry = shipped().entries[0]
    edited = ExpectedRegister([entry.model_copy(update={"ceiling": 0.011}), *shipped().entries[1:]])
    after, facts = by_register(trial, edited)
    assert facts
    assert all(fact.starts_again and fact.subject == f"rule {entry.id}" for fact in facts)
    assert {fact.guardrail for fact in facts} == set(WITH_STRATA)
    assert by_register(after, edited)[1] == ()


def test_of_a_rule_that_is_gone_nobody_knows_what_it_was_about() -> None:
    trial, _ = by_register(Trial(), shipped())
    _, facts = by_register(trial, ExpectedRegister(shipped().entries[1:]))
    assert {fact.stratum for fact in facts} == {None, *Stratum}
