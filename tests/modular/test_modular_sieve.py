"""The sieve: what it does not let through does not hold, so that with it and without it every screen reads alike."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import re2
from drawn_fleet import pane
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modular.corpus import read_corpus
from modular.reading.classifier import Reading, classify
from modular.rulebook import sieve, weaken
from modular.rulebook.book import shipped
from modular.rulebook.sieve import Sieve
from modular.rulebook.weaken import weakened

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = read_corpus(Path(__file__).parent / "corpus").cases
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def every_pattern() -> Iterator[re.Pattern[str]]:
    """All that are looked for with the sieve's help in the rules that ship."""
    for rules in shipped().agents.values():
        yield from (*rules.marks, *rules.hints)
        for rule in (*rules.looks.over_draft, *rules.looks.over_empty, *rules.looks.rest):
            yield from (*rule.any, *rule.all)
        for shape in rules.looks.composers:
            yield from (pattern for pattern in (shape.fence, shape.top, shape.prompt) if pattern is not None)


PATTERNS = sorted({pattern.pattern for pattern in every_pattern()})
ROWS = sorted({row for case in CASES if len(case.screens) == 1 for row in case.screens[0].split("\n")})


def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def may_be_in(pattern: str, text: str) -> bool:
    """Whether a sieve of this one pattern lets it through."""
    return 0 in Sieve([[[compiled(pattern)]]], set).passes(text)


# --- a weakened pattern -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_that_ships_can_be_weakened(pattern: str) -> None:
    said = weakened(compiled(pattern))
    assert said is not None
    re2.compile(said)


@SLOW
@given(st.sampled_from(PATTERNS).flatmap(lambda it: st.tuples(st.just(it), st.from_regex(compiled(it)))))
def test_where_a_pattern_that_ships_is_found_its_weakened_self_is(found: tuple[str, str]) -> None:
    pattern, text = found
    said = weakened(compiled(pattern))
    assert said is not None
    assert re2.search(said, text) is not None
    spread = text.replace("\n", "\n \t\n\u3000\n")
    assert re2.search(said, f"a row above\n\n{spread}\na row below") is not None


ATOMS = st.sampled_from(
    [
        "a",
        "K",
        "s",
        "i",
        "é",
        "ß",
        "ⓐ",
        "İ",
        "\u276f",
        "$",
        " ",
        "\t",
        "\n",
        "[",
        ".",
        "^",
        "\\",
        "\x00",
        "_",
        "0",
        "٣",
        "\xa0",
    ]
)
CATEGORIES = [r"\s", r"\S", r"\d", r"\D", r"\w", r"\W"]
SETS = st.lists(st.one_of(ATOMS.map(re.escape), st.sampled_from([*CATEGORIES, "a-f", "à-þ"])), min_size=1, max_size=3)
LEAVES = st.one_of(
    ATOMS.map(re.escape),
    st.sampled_from([*CATEGORIES, ".", r"\b", r"\B", "^", "$", r"\A", r"\Z"]),
    SETS.map(lambda items: f"[{''.join(items)}]"),
    SETS.map(lambda items: f"[^{''.join(items)}]"),
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.sampled_from(["(?:{})", "({})", "(?i:{})", "(?s:{})", "(?!{})", "(?={})", "(?>{})", "(?<={})x"])
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: f"(?:{'|'.join(many)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{0,3}", "{1,}?", "*+"])).map(
            lambda it: f"(?:{it[0]}){it[1]}"
        ),
        st.tuples(groups, inner).map(lambda it: it[0].format(it[1])),
    )


@settings(SLOW, max_examples=300)
@given(
    pattern=st.recursive(LEAVES, larger, max_leaves=8),
    flags=st.sampled_from([0, re.IGNORECASE, re.ASCII, re.DOTALL]),
    text=st.text(st.one_of(ATOMS, st.characters(exclude_categories=["Cs"])), max_size=12),
)
def test_what_any_pattern_finds_is_let_through(pattern: str, flags: int, text: str) -> None:
    try:
        wanted = re.compile(pattern, re.MULTILINE | flags)
    except re.error:
        return  # such as a look behind of no fixed width
    if wanted.search(text) is not None:
        assert 0 in Sieve([[[wanted]]], set).passes(text)
        spread = text.replace("\n", "\n\n \n")
        assert 0 in Sieve([[[wanted]]], set).passes(f"above\n{spread}\nbelow")


@pytest.mark.parametrize(
    ("pattern", "flags", "text"),
    [
        (r"^\S$", re.ASCII, "\xa0"),
        (r"^\W$", re.ASCII, "é"),
        (r"^[^\d]$", re.ASCII, "\u0663"),
        (r"^\d$", 0, "\u0663"),
        ("wait", re.IGNORECASE, "WA\u0130T"),
        ("ask", re.IGNORECASE, "a\u017f\u212a"),
        ("^[à-þ]$", re.IGNORECASE, "Æ"),
        ("ⓐ", re.IGNORECASE, "Ⓐ"),
    ],
)
def test_letters_are_those_that_python_means(pattern: str, flags: int, text: str) -> None:
    wanted = re.compile(pattern, re.MULTILINE | flags)
    assert wanted.search(text) is not None
    assert 0 in Sieve([[[wanted]]], set).passes(text)


def test_a_space_is_what_python_takes_for_one() -> None:
    known = {code for first, last in weaken.SPACES for code in range(first, last + 1)}
    assert known == {code for code in range(0x110000) if chr(code).isspace()}


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(a)?(?(1)b|c)"])
def test_what_cannot_be_said_is_always_let_through(pattern: str) -> None:
    assert weakened(compiled(pattern)) is None
    assert may_be_in(pattern, "nothing of the kind")


@pytest.mark.parametrize("pattern", [r"(?<!not )ready\b", r"ready(?! yet)", "(?i)READY", r"^\s*[^\W\d]+ready$"])
def test_what_re2_does_not_know_is_looked_for_without_it(pattern: str) -> None:
    assert may_be_in(pattern, "all ready")
    assert not may_be_in(pattern, "nothing of the kind")


# --- the sieve --------------------------------------------------------------------------------------------------------


def test_it_lets_through_what_has_one_of_each_group() -> None:
    one, two, three = map(compiled, ("one", "two", "three"))
    sieved = Sieve([[(one, two)], [(one,), (three,)], [], [()]], set)
    assert sieved.passes("two") == {0, 2}
    assert sieved.passes("one, three") == {0, 1, 2}
    assert sieved.passes("") == {2}


def test_half_a_surrogate_pair_lets_everything_through() -> None:
    assert may_be_in("missing", "\ud83d")


def test_a_pass_that_has_no_memory_lets_everything_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "_MEMORY", 1)
    assert may_be_in("missing", "nothing of the kind")


def read_without(agent: str, screens: list[str]) -> Reading:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sieve, "passes", lambda self, _: self._everything)
        return read(agent, screens)


def read(agent: str, screens: list[str]) -> Reading:
    return classify([pane(screen=screen, processes=()) for screen in screens], agent=agent)


@SLOW
@given(
    agent=st.sampled_from([*shipped().agents, "unknown agent"]),
    rows=st.lists(
        st.one_of(st.sampled_from(ROWS), st.sampled_from(PATTERNS).flatmap(lambda it: st.from_regex(compiled(it)))),
        max_size=16,
    ),
    moved=st.booleans(),
)
def test_every_drawn_screen_reads_alike_with_and_without_it(agent: str, rows: list[str], moved: bool) -> None:  # noqa: FBT001 - drawn
    screens = ["\n".join(rows)] + (["\n".join([*rows, "now"])] if moved else [])
    assert read(agent, screens) == read_without(agent, screens)
