"""A spell carries one vote a monitor, and votes come to evidence events."""

from __future__ import annotations

import pytest
from referee_cases import T0, Referee, report, rest, shell

from shadow.referee.evidence import evidence_of
from shadow.referee.records import CliVersion, Duty, EvidenceKind, NamedState, NamingRule, ScoredSpell, Told, Vote

QUIET = rest()
FAILED = rest("✗ API Error: 500")


def crash(*claims: tuple[str | None, str | None]) -> ScoredSpell:
    """A crash that lasts as many looks as there are claims of the incumbent and the candidate."""
    watch = Referee().look(QUIET, incumbent=report("idle"), candidate=report("idle"))
    for ours, theirs in claims:
        watch.look(shell("killed"), incumbent=report(ours), candidate=report(theirs))
    (spell,) = [spell for spell in watch.end() if spell.named is NamedState.CRASHED]
    return spell


def resting(*claims: str | None, failed: bool = True) -> ScoredSpell:
    """A rest, over which an error stands or not, and then a prompt."""
    watch, drawn = Referee(), FAILED if failed else QUIET
    for claim in claims:
        watch.look(drawn, incumbent=report("idle"), candidate=report(claim))
    typed = [rest(*drawn.above, draft=draft) for draft in ("f", "fix")]
    return watch.looks(*typed, incumbent=report("idle"), candidate=report("idle")).end()[0]


def votes(*claims: tuple[str | None, str | None]) -> tuple[str, str]:
    spell = crash(*claims)
    return str(spell.incumbent), str(spell.candidate)


def test_one_wrong_look_inside_makes_the_vote_wrong() -> None:
    assert votes(*[("crashed", "crashed")] * 2, ("idle", "crashed"), ("crashed", "crashed")) == ("wrong", "right")


def test_a_monitor_may_be_one_look_late_at_either_end() -> None:
    assert votes(("busy", "crashed"), ("crashed", "crashed"), ("crashed", "idle")) == ("right", "right")


def test_in_a_spell_without_an_inside_every_look_counts() -> None:
    assert votes(("crashed", "busy"), ("crashed", "crashed")) == ("right", "wrong")
    assert votes(("idle", "crashed")) == ("wrong", "right")


@pytest.mark.parametrize("claim", [None, "unknown"])
def test_no_verdict_inside_is_an_abstention(claim: str | None) -> None:
    assert votes(*[("crashed", claim)] * 4) == ("right", "abstained")
    assert votes(*[(claim, "crashed")] * 3, ("idle", "idle"), ("crashed", "crashed")) == ("wrong", "wrong")


def test_a_failed_monitor_abstains() -> None:
    watch = Referee().look(QUIET)
    for _ in range(3):
        watch.look(shell("killed"), incumbent=report("crashed"), candidate=None)
    assert watch.end()[-1].candidate is Vote.ABSTAINED


@pytest.mark.parametrize("claim", ["error", "rate_limited"])
def test_an_error_claimed_at_rest_is_not_scored_where_one_stands_on_the_screen(claim: str) -> None:
    assert resting(*[claim] * 4).candidate is Vote.UNSCORED
    assert resting(*[claim] * 4, failed=False).candidate is Vote.WRONG


def test_at_rest_another_state_is_wrong_whatever_stands_on_the_screen() -> None:
    assert resting("idle", "busy", "error", "idle").candidate is Vote.WRONG
    assert resting(*["idle"] * 4).candidate is Vote.RIGHT


def test_a_verdict_of_another_process_is_none() -> None:
    from referee_cases import verdict

    stale = report(None).model_copy(update={"verdicts": {"%1": verdict("crashed", pid=7)}})
    watch = Referee().look(QUIET)
    for _ in range(3):
        watch.look(shell("killed"), incumbent=stale, candidate=report("crashed"))
    assert watch.end()[-1].incumbent is Vote.ABSTAINED


def test_latency_is_measured_from_the_first_look() -> None:
    spell = crash(("crashed", "idle"), ("crashed", "idle"), ("crashed", "crashed"), ("crashed", "crashed"))
    assert spell.incumbent_after_s == 0.0
    assert spell.candidate_after_s == pytest.approx(4.0)
    assert crash(*[("crashed", "idle")] * 3).candidate_after_s is None


def test_a_spell_that_lasts_is_scored_once_while_it_goes_on() -> None:
    watch = Referee().look(QUIET, gap_s=20.0)
    for _ in range(70):
        watch.look(shell("killed"), candidate=report("crashed"), gap_s=20.0)
    early = list(watch.spells)
    assert len(early) == 1
    assert early[0].ended - early[0].began == pytest.approx(600.0)
    assert len(watch.end()) == 1


BEFORE, UPGRADED = (CliVersion(cli="claude", version=version) for version in ("2.1.33", "2.1.34"))


def crashed_as(*running: CliVersion | None) -> list[CliVersion | None]:
    """The versions of the crash spells of a CLI that crashes after each of these looks."""
    watch, claims = Referee(), {"incumbent": report("crashed"), "candidate": report("crashed")}
    for one in running:
        watch.look(QUIET, running={} if one is None else {"%1": one}, **claims)
        watch.looks(shell("killed"), shell("killed"), **claims)
    return [spell.ran for spell in watch.end() if spell.named is NamedState.CRASHED]


def test_a_crash_is_of_the_version_that_had_run_before_it() -> None:
    assert crashed_as(BEFORE, UPGRADED) == [BEFORE, UPGRADED]


def test_a_cli_whose_version_is_unknown_has_none_in_its_spells() -> None:
    assert crashed_as(None) == [None]


def test_a_version_is_not_carried_on_to_another_cli_in_the_pane() -> None:
    assert crashed_as(CliVersion(cli="codex", version="0.41.0")) == [None]


def spell(candidate: Vote, incumbent: Vote = Vote.UNSCORED, **more: object) -> ScoredSpell:
    fields: dict[str, object] = {
        "id": "s",
        "pane": "%1",
        "pid": 1,
        "session": "team",
        "window": "w",
        "agent": "claude",
        "began": T0,
        "ended": T0 + 9,
        "looks": 4,
        "named": NamedState.CRASHED,
        "rule": NamingRule.SHELL,
    }
    return ScoredSpell(incumbent=incumbent, candidate=candidate, **{**fields, **more})  # type: ignore[arg-type]


def events(one: ScoredSpell, kind: EvidenceKind) -> list[tuple[bool, bool]]:
    return [(event.event, event.decisive) for event in evidence_of(one) if event.guardrail is kind]


@pytest.mark.parametrize(
    ("candidate", "incumbent", "worse"),
    [
        (Vote.RIGHT, Vote.WRONG, [(False, True)]),
        (Vote.WRONG, Vote.RIGHT, [(True, True)]),
        (Vote.RIGHT, Vote.RIGHT, [(False, False)]),
        (Vote.WRONG, Vote.WRONG, [(False, False)]),
        (Vote.ABSTAINED, Vote.RIGHT, [(True, True)]),
        (Vote.RIGHT, Vote.ABSTAINED, [(False, True)]),
        (Vote.ABSTAINED, Vote.ABSTAINED, []),
        (Vote.UNSCORED, Vote.RIGHT, []),
        (Vote.RIGHT, Vote.UNSCORED, []),
    ],
)
def test_worse_asks_which_of_the_two_was_right_alone(
    candidate: Vote, incumbent: Vote, worse: list[tuple[bool, bool]]
) -> None:
    assert events(spell(candidate, incumbent), EvidenceKind.WORSE) == worse


@pytest.mark.parametrize(
    ("candidate", "wrong", "abstained"),
    [
        (Vote.RIGHT, [(False, True)], [(False, True)]),
        (Vote.WRONG, [(True, True)], [(False, True)]),
        (Vote.ABSTAINED, [], [(True, True)]),
        (Vote.UNSCORED, [], []),
    ],
)
def test_wrong_counts_the_candidate_s_votes_and_abstentions_are_counted_beside(
    candidate: Vote, wrong: list[tuple[bool, bool]], abstained: list[tuple[bool, bool]]
) -> None:
    assert events(spell(candidate), EvidenceKind.WRONG) == wrong
    assert events(spell(candidate), EvidenceKind.ABSTAINED) == abstained


def test_a_spell_of_a_pane_that_neither_monitor_knows_is_no_evidence() -> None:
    watch = Referee().look(QUIET)
    unknown = watch.looks(*[shell("killed")] * 3, incumbent=report(None), candidate=report(None)).end()[-1]
    assert not unknown.known
    assert list(evidence_of(unknown)) == []


def test_told_and_duty_are_events_of_their_own() -> None:
    silent = Told(intent_key="notify_manager:crash", opened=T0, silent=True)
    one = spell(Vote.RIGHT, told=(silent,), duty=Duty.REPEATED)
    assert events(one, EvidenceKind.TOLD) == [(True, True)]
    assert events(one, EvidenceKind.DUTY) == [(True, True)]
    assert events(spell(Vote.RIGHT, duty=Duty.DONE), EvidenceKind.DUTY) == [(False, True)]
