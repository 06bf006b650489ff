"""The register of expected differences: narrow, directional, strictly read, and every entry of it produced."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from shadow_cases import QUICK, T0, Watching, report, shot, tape, verdict, want
from shadow_scenes import bouts_of, watch

from shadow.bouts import Bout, Excuse
from shadow.compare import compare
from shadow.differences import Difference, Severity, Silence
from shadow.expected import HERE, BadRegister, ExpectedDifference, load, shipped
from understudy import AgentRole, CycleReport

CASES = Path(__file__).parent / "expected"
ENTRIES = {entry.id: entry for entry in shipped().entries}


def half(case: dict[str, Any], name: str) -> CycleReport:
    """Draw one report of a case: about pane %1 of a team with a living manager, or about the session `team` itself."""
    side = case.get(name, {})
    intents = [
        (intent_key, 1) if isinstance(intent_key, str) else tuple(intent_key)
        for intent_key in side.get("intent_keys", ())
    ]
    managers = side.get("managers", "idle/any" if side.get("silence") != "no_manager" else "error/any")
    state, _, rule = managers.partition("/")
    seen = [verdict("%9", state, rule, role=AgentRole.MANAGER)]
    if "state" in side:
        fields = {
            "agent": side.get("agent", case["agent"]),
            "role": AgentRole(case["role"]),
            "detail": side.get("detail"),
        }
        attended = side.get("silence") == "attended"
        seen.append(verdict("%1", side["state"], side["rule"], attended=attended, **fields))
    pane = None if "managers" in side else "%1"
    asleep = [want("pause_session", None)] if side.get("silence") == "asleep" else []
    return report(seen, [*asleep, *(want(intent_key, pane, ordinal) for intent_key, ordinal in intents)], name)


def case_of(entry_id: str) -> dict[str, Any]:
    return tomllib.loads((CASES / entry_id / "reports.toml").read_text("utf-8"))


def reports(entry_id: str) -> tuple[CycleReport, CycleReport]:
    case = case_of(entry_id)
    return half(case, "incumbent"), half(case, "candidate")


def found(entry_id: str, incumbent: CycleReport, candidate: CycleReport) -> list[Difference]:
    """The differences about the case's subject, the register's word on each included."""
    about = (
        None
        if "managers" in case_of(entry_id)["candidate" if "candidate" in case_of(entry_id) else "incumbent"]
        else "%1"
    )
    return [found for found in compare(incumbent, candidate, shipped()) if found.pane == about]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_every_entry_is_produced_by_its_test(entry_id: str) -> None:
    (difference,) = found(entry_id, *reports(entry_id))
    assert difference.expected == entry_id


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_an_entry_has_a_direction(entry_id: str) -> None:
    ours, theirs = reports(entry_id)
    assert [difference.expected for difference in found(entry_id, theirs, ours)] == [None]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_no_entry_lets_the_candidate_kill(entry_id: str) -> None:
    ours, theirs = reports(entry_id)
    killing = theirs.model_copy(update={"intents": (*theirs.intents, want("kill_window"))})
    calm = ours.model_copy(update={"intents": tuple(one for one in ours.intents if one.kind != "kill_window")})
    differences = compare(calm, killing, shipped())
    assert [difference.expected for difference in differences if "kill_window" in difference.only_candidate_wants] == [
        None
    ]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_no_entry_holds_for_another_rule(entry_id: str) -> None:
    (difference,) = found(entry_id, *reports(entry_id))
    for side in ("incumbent", "candidate"):
        other = getattr(difference, side).model_copy(update={"rule": "some.other.rule"})
        assert shipped().match(difference.model_copy(update={side: other})) is None


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_both_monitors_as_they_ship_produce_every_entry(entry_id: str) -> None:
    seen = list(watch(CASES / entry_id / "scene.toml"))
    named = {found.expected for _, _, differences in seen for found in differences}
    assert entry_id in named | {bout.difference.expected for bout in bouts_of(seen) if bout.difference is not None}


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_what_is_expected_of_a_scene_is_all_that_differs_in_it_but_for_time(entry_id: str) -> None:
    """Else a draft differs that the candidate lets stand for eight seconds: within its window, the same act."""
    unexpected = [
        found
        for _, _, differences in watch(CASES / entry_id / "scene.toml")
        for found in differences
        if found.expected is None and found.only_incumbent_wants != {"submit_draft"}
    ]
    assert unexpected == []


def test_no_folder_of_the_corpus_is_left_over() -> None:
    assert {path.name for path in CASES.iterdir()} == {entry.test for entry in ENTRIES.values()}


def test_every_quirk_and_every_disagreement_is_accounted_for_once_at_least() -> None:
    silent = tomllib.loads((HERE / "_silent.toml").read_text("utf-8"))
    quirks = {quirk for entry in ENTRIES.values() for quirk in entry.quirks}
    disagreements = {row for entry in ENTRIES.values() for row in entry.disagreements}
    assert quirks | set(map(int, silent["quirks"])) == set(range(1, 19))
    assert disagreements | set(map(int, silent["disagreements"])) == set(range(1, 37))
    assert not quirks & set(map(int, silent["quirks"]))
    assert not disagreements & set(map(int, silent["disagreements"]))


def about(watching: Watching) -> Bout:
    """The one bout about pane %1."""
    (bout,) = [bout for bout in watching.bouts if bout.pane == "%1"]
    return bout


def test_what_is_expected_does_not_count_and_is_named() -> None:
    ours, theirs = reports("old-thinking-words")
    watching = Watching(QUICK, shipped()).look(0, ours, theirs).look(1, report(), report()).wait(9)
    bout = about(watching)
    assert (bout.counts, bout.why_not) == (False, Excuse.EXPECTED)
    assert bout.difference is not None
    assert bout.difference.expected == "old-thinking-words"


def test_an_expected_detail_still_counts_as_agreement_about_the_act() -> None:
    ours, theirs = reports("idle-reminders")
    bout = about(Watching(QUICK, shipped()).look(0, ours, theirs).look(1, report(), report()).wait(9))
    assert (bout.counts, bout.severity, bout.differs_in) == (True, Severity.DETAIL, ())


@pytest.mark.parametrize(("processes", "counts"), [(("bash",), True), (("bash", "claude"), False)])
def test_hindsight_audits_what_is_expected(processes: tuple[str, ...], counts: bool) -> None:  # noqa: FBT001 - a column
    ours, theirs = reports("sign-is-prompt-at-rest")
    watching = Watching(QUICK, shipped())
    for at in (0, 1):
        watching.look(at, ours, theirs, tape(T0 + at, shot("x", processes=processes)))
    bout = about(watching.look(2, report(), report()).wait(9))
    assert (bout.counts, bout.missed_crash) == (counts, counts)


GOOD = (HERE / "old-thinking-words.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('right = "candidate"', 'right = "modular"', "right: Input should be 'incumbent'"),
        ("ceiling = 0.1", "ceiling = 0", "ceiling: Input should be greater than 0"),
        ('rule = ["R2*"]', 'rule = ["*"]', "incumbent: Value error, a rule that matches everything"),
        (
            '"notify_manager:idle"',
            '"notify_manager:bored"',
            "candidate: Value error, no such action: notify_manager:bored",
        ),
        ('state = ["busy"]', 'state = ["active"]', "incumbent.state.0"),
        ('id = "old', 'id = "new', "is 'new-thinking-words'; call the file new-thinking-words.toml"),
        ("ceiling", "cieling", "ceiling: Field required"),
        ('severity = ["action", "state"]', 'severity = ["detail"]', "names the values that may differ"),
        ("title = ", "title ", "is no TOML"),
    ],
)
def test_a_bad_entry_is_refused_by_file_key_and_remedy(tmp_path: Path, good: str, bad: str, says: str) -> None:
    assert good in GOOD
    (tmp_path / "old-thinking-words.toml").write_text(GOOD.replace(good, bad, 1), "utf-8")
    with pytest.raises(BadRegister, match=r"old-thinking-words\.toml") as refused:
        load(tmp_path)
    assert says in str(refused.value)


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_an_entry_is_about_some_clis_and_some_severities_only(entry_id: str) -> None:
    (difference,) = found(entry_id, *reports(entry_id))
    entry = ENTRIES[entry_id]
    assert not entry.matches(difference.model_copy(update={"agent": "some-other-cli"}))
    for severity in set(Severity) - set(entry.severity):
        assert not entry.matches(difference.model_copy(update={"severity": severity}))


SILENT = [entry.id for entry in ENTRIES.values() if entry.incumbent.silence and "none" not in entry.incumbent.silence]


@pytest.mark.parametrize("entry_id", SILENT)
def test_silence_is_expected_of_a_monitor_without_a_manager_to_tell_and_of_no_other(entry_id: str) -> None:
    (difference,) = found(entry_id, *reports(entry_id))
    talking = difference.incumbent.model_copy(update={"silence": None})
    assert not ENTRIES[entry_id].matches(difference.model_copy(update={"incumbent": talking}))


@pytest.mark.parametrize("silence", list(Silence))
@pytest.mark.parametrize("entry_id", [one.id for one in ENTRIES.values() if "none" in one.incumbent.silence])
def test_an_entry_about_a_monitor_that_could_tell_expects_nothing_of_one_that_could_not(
    entry_id: str, silence: Silence
) -> None:
    (difference,) = found(entry_id, *reports(entry_id))
    silent = difference.incumbent.model_copy(update={"silence": silence})
    assert not ENTRIES[entry_id].matches(difference.model_copy(update={"incumbent": silent}))


def test_the_narrowest_entry_names_a_difference() -> None:
    (difference,) = found("nobody-to-tell-crash", *reports("nobody-to-tell-crash"))
    told = difference.model_copy(update={"candidate": difference.candidate.model_copy(update={"intents": ()})})
    assert [entry.id for entry in ENTRIES.values() if entry.matches(told)] == [
        "crashed-window-killed",
        "nobody-to-tell-crash",
    ]
    assert shipped().match(told) == "crashed-window-killed"


def test_a_register_can_do_without_an_entry() -> None:
    (difference,) = found("quiet-work", *reports("quiet-work"))
    assert shipped().without(["quiet-work"]).match(difference) is None


def test_an_entry_goes_through_json_unharmed() -> None:
    for entry in ENTRIES.values():
        assert ExpectedDifference.model_validate_json(entry.model_dump_json()) == entry
