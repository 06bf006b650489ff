"""Documents are redacted by their structure: lines of one text, a value with its key, quotes in messages."""

from __future__ import annotations

import pytest

from tmuxio.redaction import quotable, redact, redact_document, redact_lines

TOKEN = "ghp_q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3Hj5Gp0CyAeUiO"  # noqa: S105 - invented


def test_a_token_that_goes_on_in_the_next_line_of_a_list_is_starred() -> None:
    lines = [f"│ {TOKEN[:24]} │", f"│ {TOKEN[24:]}         │"]

    redacted = redact_document({"screen": lines}, redact)

    assert TOKEN[24:] not in str(redacted)
    assert TOKEN[4:24] not in str(redacted)


def test_lines_stay_as_many_and_as_long() -> None:
    lines = ("a", "", f"x {TOKEN}", "b\nc")

    assert [len(line) for line in redact_lines(lines, redact)] == [len(line) for line in lines]


@pytest.mark.parametrize("key", ["password", "api_key", "SecretAccessKey", "db_pass"])
def test_a_value_is_starred_for_the_name_of_its_key(key: str) -> None:
    assert redact_document({key: "hunter two", "state": "idle"}, redact) == {key: "****** ***", "state": "idle"}


def test_a_secret_in_a_key_is_starred() -> None:
    assert TOKEN[4:] not in str(redact_document({"panes": {f"screen {TOKEN}": 1}}, redact))


def test_numbers_and_truths_stay() -> None:
    document = {"token": 3, "seen": True, "none": None, "mixed": ["a", 1]}

    assert redact_document(document, redact) == document


def test_a_quoted_text_holds_no_secret_and_moves_no_cursor() -> None:
    assert quotable(f"\x1b[2Jno: {TOKEN}\nhttps://me:hunter2@host/ \u202eabc") == (
        f"·[2Jno: ghp_{'*' * 36}\nhttps://me:*******@host/ ·abc"
    )
