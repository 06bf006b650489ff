import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from understudy import AgentVerdict, CycleReport, Intent, NotifyManager, PaneShot, SubmitDraft, screens
from understudy.intents import intent_key
from understudy.record import Instant
from understudy.schema import json_schema, names
from understudy.screens import plain

INSTANT = TypeAdapter(Instant)
INTENT: TypeAdapter[Intent] = TypeAdapter(Intent)


@pytest.fixture
def shot() -> PaneShot:
    return PaneShot(
        pane="%1", pid=7, session="s", session_id="$1", session_created=1, window_id="@1", window_index=1,
        window="claude-1", ansi="secret",
    )  # fmt: skip


@given(st.floats(min_value=0, max_value=4e9).map(lambda at: round(at, 6)))
def test_an_instant_survives_json_exactly(at: float) -> None:
    assert INSTANT.validate_json(INSTANT.dump_json(at)) == at


def test_an_instant_is_read_by_people() -> None:
    assert INSTANT.dump_json(1_700_000_000.25) == b'"2023-11-14T22:13:20.250000Z"'


def test_records_are_frozen() -> None:
    report = CycleReport(cycle="c", monitor="m", version="1")
    with pytest.raises(ValidationError, match="frozen"):
        report.cycle = "d"  # type: ignore[misc]


def test_a_copy_shows_its_own_screen_and_not_the_one_that_was_worked_out_before(shot: PaneShot) -> None:
    assert shot.text == "secret"

    assert shot.model_copy(update={"ansi": "\x1b[1m******"}).text == "******"
    assert shot.text == "secret"


def test_a_copy_equals_its_original_and_holds_the_same_fields(shot: PaneShot) -> None:
    copied = shot.model_copy()

    assert copied == shot
    assert copied.model_fields_set == shot.model_fields_set
    assert copied.model_dump_json(exclude_unset=True) == shot.model_dump_json(exclude_unset=True)
    assert PaneShot.model_validate_json(copied.model_dump_json()) == shot


def test_an_unknown_key_is_an_error_and_not_a_surprise() -> None:
    with pytest.raises(ValidationError, match="intent"):
        CycleReport.model_validate({"schema": 1, "cycle": "c", "monitor": "m", "version": "1", "intent": []})


def test_a_report_of_another_schema_is_refused() -> None:
    with pytest.raises(ValidationError, match="schema"):
        CycleReport.model_validate({"schema": 2, "cycle": "c", "monitor": "m", "version": "1"})


def test_a_report_says_its_schema_version_in_json() -> None:
    assert '"schema":1' in CycleReport(cycle="c", monitor="m", version="1").model_dump_json()


def test_an_intent_is_told_by_its_kind() -> None:
    draft = SubmitDraft(pane="%1", pid=7, target="%1", session="s", reason="r", at=1.0)
    assert INTENT.validate_json(draft.model_dump_json()) == draft


def test_a_notice_is_named_with_what_it_is_about() -> None:
    notice = NotifyManager(pane="%1", pid=7, target="%0", session="s", reason="r", at=1.0, about="idle", text="t")
    assert intent_key(notice) == "notify_manager:idle"


def test_only_harmless_keys_can_be_asked_for() -> None:
    with pytest.raises(ValidationError, match="keys"):
        SubmitDraft(pane="%1", pid=7, target="%1", session="s", reason="r", at=1.0, keys=("C-c",))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", names())
def test_every_record_has_a_json_schema(name: str) -> None:
    assert json_schema(name)["$schema"].endswith("2020-12/schema")


def test_a_verdict_without_its_reason_is_none() -> None:
    with pytest.raises(ValidationError, match="why"):
        AgentVerdict.model_validate(
            {"pane": "%1", "pid": 1, "session": "s", "window": "w", "window_index": 0, "role": "worker"}
            | {"agent": "claude", "state": "idle", "since": 1.0}
        )


@pytest.mark.parametrize(
    ("ansi", "text"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3;48:5:7mx\x1b[m  ", "x"),
        ("\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x0eqqq\x0f", "qqq"),
        ("blank   \n  \nleft", "blank\n\nleft"),
    ],
)
def test_plain_text_is_the_screen_without_its_colours(ansi: str, text: str) -> None:
    assert plain(ansi) == text


@given(st.text())
def test_plain_text_of_any_screen_has_as_many_lines(ansi: str) -> None:
    assert plain(ansi).count("\n") <= ansi.count("\n")
    assert not math.isnan(len(plain(ansi)))


PIECES = ["\x1b", "[1m", "[", "]0;", "\x07", "\x1b\\", "\x0e", "\x0f", "(B", "[?25l", "a", " ", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_short_way_to_plain_text_and_the_long_one_end_alike(ansi: str) -> None:
    long = screens.ESCAPES.sub("", ansi) if "\x1b" in ansi or "\x0e" in ansi else ansi
    assert plain(ansi) == "\n".join(line.rstrip(" ") for line in long.split("\n"))
