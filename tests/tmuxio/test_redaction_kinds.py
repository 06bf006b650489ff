"""No secret of any kind survives on a screen, however the screen lays it out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from secret_kinds import MARKED, Marked, barred, beside, drawn, framed, indented, plainly, soft_wrapped

from tmuxio.redaction import redact
from understudy.screens import plain

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTHS = (28, 36, 40, 60, 80, 120, 200)
KINDS = [pytest.param(Marked.of(marked), id=kind) for kind, marked in MARKED]
LAYOUTS: dict[str, Callable[[Marked, int], Marked]] = {
    "broken-by-the-terminal": soft_wrapped,
    "wrapped-in-a-frame": framed,
    "broken-in-a-frame": partial(framed, words=False),
    "wrapped-in-a-heavy-frame": partial(framed, sides="┃┃", pad=2),
    "wrapped-in-an-ascii-frame": partial(framed, sides="||"),
    "wrapped-at-an-indent": indented,
    "wrapped-at-an-indent-before-a-margin": partial(indented, margin=4),
    "broken-at-an-indent": partial(indented, words=False),
    "wrapped-behind-a-bullet": partial(indented, first="● "),
    "wrapped-behind-a-bar": barred,
}


def left(marked: Marked, redacted: str) -> str:
    """Return what is still to be read of the secret."""
    return "".join(
        char
        for at, char in enumerate(redacted)
        if at in marked.secret and char != "*" and not marked.text[at].isspace()
    )


@pytest.mark.parametrize("marked", KINDS)
def test_a_secret_on_a_line_of_its_own_is_starred(marked: Marked) -> None:
    assert left(marked, redact(marked.text)) == ""


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("marked", KINDS)
def test_a_secret_is_starred_in_a_pane_of_any_width(marked: Marked, layout: str) -> None:
    for width in WIDTHS:
        screen = LAYOUTS[layout](marked, width)
        redacted = redact(screen.text, width)
        assert left(screen, redacted) == "", f"at {width}:\n{redacted}"


@pytest.mark.parametrize("marked", KINDS)
def test_a_secret_is_starred_beside_another_column(marked: Marked) -> None:
    for width in WIDTHS:
        screen = beside(marked, width)
        redacted = redact(screen.text, width + 18)
        assert left(screen, redacted) == "", f"at {width}:\n{redacted}"


@pytest.mark.parametrize("marked", KINDS)
def test_a_secret_is_starred_whatever_colours_stand_between_its_characters(marked: Marked) -> None:
    screen = framed(marked, 48)
    coloured = "".join(f"\x1b[3{at % 8}m{char}\x1b[0m" for at, char in enumerate(screen.text))

    assert left(screen, plain(redact(coloured, 48)).replace("\x1b[0m", "")) == ""


@pytest.mark.parametrize("marked", KINDS)
def test_a_secret_is_starred_between_other_rows(marked: Marked) -> None:
    above, below = (
        "● I read the file and will go on with the tests now.\n\n",
        "\n✻ Working… (12s · esc to interrupt)\n\u276f \n",
    )
    screen = framed(marked, 60)

    redacted = redact(above + screen.text + below, 60)

    assert left(screen, redacted[len(above) :]) == ""
    assert redacted.startswith(above)
    assert redacted.endswith(below)


BODY = tuple(f"MIIEow{n:02d}AAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFakeFakeFakeFakeFake"[:64] for n in range(12))
PEM = "\n".join(("-----BEGIN RSA PRIVATE KEY-----", *BODY, "Ab3=", "-----END RSA PRIVATE KEY-----"))


def pem(layout: str, width: int) -> str:
    rows = list[str]()
    for line in PEM.split("\n"):
        rows += LAYOUTS[layout](Marked.of(line), width).text.rstrip("\n").split("\n")[slice(None)]
    if "frame" in layout:
        rows = [row for row in rows if row[0] not in "╭╰"]
    return "\n".join(rows)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if "bullet" not in name and "-indent" not in name])
def test_a_private_key_is_starred_in_a_pane_of_any_width(layout: str, width: int) -> None:
    screen = pem(layout, width)

    redacted = redact(screen, width)

    shown = (
        redacted.replace("PRIVATE", "").replace("BEGIN", "").replace("END", "").replace("RSA", "").replace("KEY", "")
    )
    assert not [word for word in shown.split() if any(char.isalnum() for char in word)], redacted


NOT_SECRET = (
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 (HEAD -> main)",
    "session id: 0199a213-81c0-7800-8aa1-bbab2a035a53",
    "claude --resume 0199a213-81c0-7800-8aa1-bbab2a035a53",
    "Session: 0199a213-81c0-7800-8aa1-bbab2a035a53",
    "index 83db48f..bf269f4 100644",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "✻ Thinking… (12s · ↑ 3.2k tokens · esc to interrupt)",
    "• Working (1m 02s • esc to interrupt)",
    "⏵⏵ accept edits on (shift+tab to cycle)",
    "Token usage: total=12,345 input=10,000 output=2,345",
    "tokens: 12345 · context left: 82%",
    "max_tokens: 4096, token=12.5k",
    "Do you want to run this command?",
    "\u276f 1. Yes",
    "  2. Yes, and don't ask again for `docker login` commands",
    "Enter your API key:",
    "Password:",
    "[sudo] password for me:",
    "Paste code here if prompted >",
    "PASS tests/test_tokens.py::test_password (0.02s)",
    "--- PASS: TestLogin (0.00s)",
    "PWD=/home/me/src/project",
    "Read(src/auth/token_refresh.py)",
    "  ⎿  Read 120 lines",
    "docker run -u 1000:1000 --rm image",
    "def check(password: str, token: str | None = None) -> bool:",
    'password = os.environ["DB_PASSWORD"]',
    "export TOKEN=$GITHUB_TOKEN",
    "https://github.com/example/project/pull/12",
    "git@github.com:example/project.git",
    "~/src/project/secrets/README.md",
    "key: value",
    "primary_key=True, foreign_key='users.id'",
    "Total cost: $0.55 · 1.2M tokens",
    "gpt-5-codex high · ~/src/project · 82% context left",
    "2026-11-30T22:15:31.123456Z INFO request id 4f2a9c1e7b",
)


@pytest.mark.parametrize("text", NOT_SECRET)
def test_what_a_monitor_reads_a_screen_by_stays(text: str) -> None:
    for screen in (text, framed(Marked.of(text), 100).text, indented(Marked.of(text), 100).text):
        assert redact(screen, 100) == screen


def test_the_rows_behind_a_secret_stay() -> None:
    first = "GITHUB_TOKEN=ghp_q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3Hj5Gp0CyAeUiO\n"
    rest = "DEBUG=1\nLOG_LEVEL=info\nPassword:\n\u276f 1. Yes, and don't ask again\n  2. No"

    assert redact(first + rest, 80).endswith("\n" + rest)


def test_a_frame_keeps_its_borders_around_a_private_key() -> None:
    screen = pem("wrapped-in-a-frame", 80)

    assert [(row[0], row[-1]) for row in redact(screen, 80).split("\n")] == [("│", "│")] * len(screen.split("\n"))


def test_a_secret_that_goes_on_in_a_row_with_wide_characters_is_starred() -> None:
    rows = ["│ 密钥 token=q7Zx2Vb9Lm4Kd8Ws1T │", "│ n6Rf3Hj5Gp0CyA                │"]

    assert "n6Rf3Hj5Gp0CyA" not in redact("\n".join(rows), 34)


def test_nothing_moves() -> None:
    for _, marked in MARKED:
        screen = drawn([plainly("│ "), plainly(framed(Marked.of(marked), 50).text)])
        redacted = redact(screen.text, 50)
        assert len(redacted) == len(screen.text)
        assert [len(row) for row in redacted.split("\n")] == [len(row) for row in screen.text.split("\n")]


@pytest.mark.parametrize("after", ["src/main.py:12", "https://example.org/x", "README.md", "Done", "● ok", "$ ls"])
def test_a_line_behind_a_whole_token_stays(after: str) -> None:
    first = "GITHUB_TOKEN=ghp_q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3Hj5Gp0CyAeUiO"

    for width in (None, 80, 120):
        assert redact(f"{first}\n{after}", width).endswith(f"*\n{after}")


def test_two_assignments_of_one_length_eat_neither_each_other_nor_the_prompt_behind_them() -> None:
    line = "export OPENAI_API_KEY=sk-proj-q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3H"

    redacted = redact(f"{line}\n{line}\nme@box:~/garden$ claude", 80).split("\n")

    assert redacted[1].startswith("export OPENAI_API_KEY=")
    assert redacted[2] == "me@box:~/garden$ claude"
