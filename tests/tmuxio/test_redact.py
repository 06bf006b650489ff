from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmuxio.tapes.redact import BadRedaction, redact, redactor
from understudy.screens import plain

if TYPE_CHECKING:
    from pathlib import Path

KEY = "A1b2C3d4E5f6G7h8I9j0K1l2"
BODY = "MIIEowIBAAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFakeFakeFakeFakeFake"


def stars(text: str) -> str:
    return "*" * len(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"export OPENAI_API_KEY=sk-proj-{KEY}", f"sk-proj-{KEY}"),
        (f"key is sk-ant-api03-{KEY}-x ok", f"api03-{KEY}-x"),
        (f"ghp_{KEY}", KEY),
        (f"github_pat_{KEY}", KEY),
        (f"glpat-{KEY}", KEY),
        (f"xoxb-12345-{KEY}", f"12345-{KEY}"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI/K7MDENG"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.abc-_9 end", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.abc-_9"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        (f"curl -H 'Authorization: token {KEY}' x", KEY),
        (f"sent bearer {KEY}", KEY),
        ("x-api-key: hunter2", "hunter2"),
        ("git clone https://me:hunter2@host/repo", "hunter2"),
        ("postgres://:p%40ss!@db:5432/x", "p%40ss!"),
        ("DB_PASSWORD=hunter2", "hunter2"),
        ('"client_secret": "hunter2",', "hunter2"),
        ("Password: hunter2", "hunter2"),
        ("login --password hunter2 --user me", "hunter2"),
        ("login --token=hunter2", "hunter2"),
        ("export NPM_TOKEN='hunter2'", "hunter2"),
    ],
)
def test_a_secret_becomes_stars_and_the_rest_stays(text: str, secret: str) -> None:
    assert redact(text) == text.replace(secret, stars(secret))


@pytest.mark.parametrize(
    "text",
    [
        "Tokens: 3.1k sent, 38 received.",
        "esc to interrupt · 12.4k tokens",
        "? for shortcuts",
        "╭────────────────────────────╮\n│ > fix the token refresh    │\n╰────────────────────────────╯",
        "https://example.org:8080/path?q=1",
        "me@host.example.org:~$ ls",
        "git clone git@example.org:team/shop.git",
        "import numpy as np  # a@b",
        "@pytest.mark.parametrize",
        "skeleton-key-of-the-castle-of-otranto",
        "the password was wrong",
        "Do you want to proceed?\n> 1. Yes\n  2. No",
        "[u-7f3a] your agent is idle",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_an_address_loses_its_name_and_its_domain() -> None:
    assert redact("mail ann.b+x@mail.example.org now") == "mail *******@**************** now"
    assert redact("<you@example.org>: see https://example.org") == "<***@***********>: see https://example.org"


def test_a_file_of_ones_own_adds_rules_and_turns_shipped_ones_off(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("off = [\"email-name\", \"email-domain\"]\n[rules]\nticket = '''TICKET-(?P<secret>\\d+)'''\n")
    redacts = redactor(own)
    assert (
        redacts("TICKET-1234 of ann@example.org, password=hunter2")
        == "TICKET-**** of ann@example.org, password=*******"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rules]\nx = '('", r"own\.toml: rules\.x: is no regular expression"),
        ("[rules]\nx = 'a*'", "matches the empty text"),
        ("[rules]\nx = '{NONE}'", "there is no piece 'NONE'"),
        ("off = ['nothing']", "no rule is called 'nothing'; there are: model-keys"),
        ("more = 1", r"own\.toml: more: Extra inputs"),
        ("rules", "is no TOML"),
    ],
)
def test_rules_that_cannot_be_are_named_with_the_remedy(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(BadRedaction, match=says):
        redactor(tmp_path / "own.toml")


def test_a_private_key_loses_its_body_and_keeps_its_frame() -> None:
    text = f"$ cat id\n-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n{BODY}==\n-----END OPENSSH PRIVATE KEY-----\n$ ls"

    assert redact(text) == text.replace(BODY, stars(BODY)).replace("==", "**")


@pytest.mark.parametrize("edge", ["top", "bottom"])
def test_a_private_key_that_is_half_scrolled_away_loses_what_is_left(edge: str) -> None:
    begin, end = "-----BEGIN RSA PRIVATE KEY-----\n", "\n-----END RSA PRIVATE KEY-----"
    text = (begin if edge == "bottom" else "") + f"{BODY}\n│ {BODY}" + (end if edge == "top" else "\n$ ls -l")

    assert redact(text) == text.replace(BODY, stars(BODY))


def test_a_secret_is_found_through_its_colours() -> None:
    text = f"\x1b[36mAPI_KEY\x1b[0m=\x1b[33msk-{KEY[:9]}\x1b[1m{KEY[9:]}\x1b[0m ok"

    redacted = redact(text)

    assert KEY not in plain(redacted)
    assert re.findall("\x1b[^m]*m", redacted) == re.findall("\x1b[^m]*m", text)
    assert plain(redacted) == f"API_KEY={stars('sk-' + KEY)} ok"


def test_a_secret_in_the_target_of_a_link_is_found() -> None:
    text = "\x1b]8;;https://me:hunter2@host/\x1b\\here\x1b]8;;\x1b\\"

    assert redact(text) == text.replace("hunter2", "*******")


def test_a_token_that_the_terminal_broke_is_starred_on_both_lines() -> None:
    head = f"export TOKEN={KEY}{KEY}"
    text = f"{head}\n{KEY} next\n$ "

    assert redact(text) == text.replace(KEY, stars(KEY))


PIECES = st.sampled_from([
    "sk-", "ghp_", KEY, "Bearer ", "authorization: ", "password", "=", ": ", "\n", " ", "'", '"', "://u:", "@host", "*",
    "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", BODY, "\x1b[31m", "\x1b[0m", "\x0e", "\x1b]8;;",
    "\x1b\\", "\x1b", "--token ", "AKIA", "eyJhbGciOiJI", ".", "│ ", "你", "x" * 40,
])  # fmt: skip
SCREENS = st.lists(PIECES | st.text(max_size=8), max_size=24).map("".join)


@given(SCREENS)
def test_length_lines_and_blanks_never_change(text: str) -> None:
    redacted = redact(text)

    assert len(redacted) == len(text)
    assert all(
        before == after or (after == "*" and not before.isspace()) for before, after in zip(text, redacted, strict=True)
    )


@given(SCREENS)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_what_one_star_brings_to_light_is_starred_at_once() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\ntoken=-----BEGIN RSA PRIVATE KEY------"

    assert redact(redact(text)) == redact(text)


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=20, max_size=60),
    SCREENS,
)
def test_a_known_key_never_survives_whatever_stands_around_it(secret: str, around: str) -> None:
    assert secret not in redact(f"{around}\n sk-{secret} \n{around}")


@given(SCREENS)
def test_escapes_are_never_touched(text: str) -> None:
    colours = re.compile("\x1b\\[[0-9;]*m")

    assert colours.findall(redact(text)) == colours.findall(text)
