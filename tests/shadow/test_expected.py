"""The register of expected differences: narrow, directional, strictly read, and every entry of it produced."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from shadow_cases import QUICK, T0, Watching, report, shot, tape, verdict, want

from contract import CycleReport, Role
from shadow.bouts import Excuse
from shadow.compare import compare
from shadow.differences import Difference, Severity
from shadow.expected import HERE, BadRegister, Entry, load, shipped

CASES = Path(__file__).parent / "expected"
ENTRIES = {entry.id: entry for entry in shipped().entries}


def half(case: dict[str, Any], name: str) -> CycleReport:
    """Draw one report of a case: about pane %1, or about the session `team` and its managers."""
    side = case.get(name)
    if side is None:
        return report(monitor=name)
    wishes = [(wish, 1) if isinstance(wish, str) else tuple(wish) for wish in side.get("wants", ())]
    if "managers" in side:
        state, rule = side["managers"].split("/")
        seen = verdict("%9", state, rule, role=Role.MANAGER)
        return report([seen], [want(wish, None, ordinal) for wish, ordinal in wishes], name)
    seen = verdict(
        "%1", side["state"], side["rule"], detail=side.get("detail"), agent=case["agent"], role=Role(case["role"])
    )
    return report([seen], [want(wish, "%1", ordinal) for wish, ordinal in wishes], name)


def reports(entry_id: str) -> tuple[CycleReport, CycleReport]:
    case = tomllib.loads((CASES / entry_id / "reports.toml").read_text("utf-8"))
    return half(case, "incumbent"), half(case, "candidate")


def found(incumbent: CycleReport, candidate: CycleReport) -> list[Difference]:
    """The differences about pane %1 or the session, the register's word on each included."""
    return [found for found in compare(incumbent, candidate, shipped()) if found.pane in {"%1", None}]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_every_entry_is_produced_by_its_test(entry_id: str) -> None:
    (difference,) = found(*reports(ENTRIES[entry_id].test))
    assert difference.expected == entry_id


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_an_entry_has_a_direction(entry_id: str) -> None:
    ours, theirs = reports(ENTRIES[entry_id].test)
    assert [difference.expected for difference in found(theirs, ours)] == [None]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_no_entry_lets_the_candidate_kill(entry_id: str) -> None:
    ours, theirs = reports(ENTRIES[entry_id].test)
    killing = theirs.model_copy(update={"intents": (*theirs.intents, want("kill_window", "%1"))})
    calmed = ours.model_copy(
        update={"intents": tuple(intent for intent in ours.intents if intent.kind != "kill_window")}
    )
    assert [difference.expected for difference in found(calmed, killing) if difference.pane == "%1"] == [None]


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_no_entry_holds_for_another_rule(entry_id: str) -> None:
    (difference,) = found(*reports(ENTRIES[entry_id].test))
    for side in ("incumbent", "candidate"):
        other = getattr(difference, side).model_copy(update={"rule": "some.other.rule"})
        assert shipped().match(difference.model_copy(update={side: other})) is None


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


def test_what_is_expected_does_not_count_and_is_named() -> None:
    ours, theirs = reports("old-thinking-words")
    watching = Watching(QUICK, shipped()).look(0, ours, theirs).look(1, report(), report()).wait(9)
    (bout,) = watching.bouts
    assert (bout.counts, bout.why_not) == (False, Excuse.EXPECTED)
    assert bout.difference is not None
    assert bout.difference.expected == "old-thinking-words"


def test_an_expected_detail_still_counts_as_agreement_about_the_act() -> None:
    ours, theirs = reports("idle-reminders")
    (bout,) = Watching(QUICK, shipped()).look(0, ours, theirs).look(1, report(), report()).wait(9).bouts
    assert (bout.counts, bout.severity, bout.differs_in) == (True, Severity.DETAIL, ())


@pytest.mark.parametrize(("processes", "counts"), [(("bash",), True), (("bash", "claude"), False)])
def test_hindsight_audits_what_is_expected(processes: tuple[str, ...], counts: bool) -> None:  # noqa: FBT001 - a column
    ours, theirs = reports("sign-is-prompt-at-rest")
    watching = Watching(QUICK, shipped())
    for at in (0, 1):
        watching.look(at, ours, theirs, tape(T0 + at, shot("x", processes=processes)))
    (bout,) = watching.look(2, report(), report()).wait(9).bouts
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
            "candidate: Value error, no such act: notify_manager:bored",
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


def test_the_narrowest_entry_names_a_difference() -> None:
    (difference,) = found(*reports("crashed-window-killed"))
    matching = [entry.id for entry in ENTRIES.values() if entry.matches(difference)]
    assert matching == ["crash-told-as-failure", "crashed-window-killed"]
    assert difference.expected == "crashed-window-killed"


def test_a_register_can_do_without_an_entry() -> None:
    (difference,) = found(*reports("quiet-work"))
    assert shipped().without(["quiet-work"]).match(difference) is None


def test_an_entry_goes_through_json_unharmed() -> None:
    for entry in ENTRIES.values():
        assert Entry.model_validate_json(entry.model_dump_json()) == entry
