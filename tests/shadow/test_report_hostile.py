"""Nothing that a pane printed, or a person wrote, breaks out of a report in any of its forms."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import HOSTILE, bout, hostile, report, side, working_day

from shadow.report import ShadowReport, as_json, as_markdown, as_text
from shadow.report.inert import LONGEST_LINE, cells, fit, one_line, printable
from shadow.report.page import as_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

MADE, SCENES = hostile()
CODE = re.compile(r"<code>.*?</code>|<pre>.*?</pre>", re.DOTALL)


class Elements(HTMLParser):
    """The tags of a page with their attributes, in order, and its text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.tags[-1][0] not in {"script", "style"}:
            self.text.append(data)


@pytest.fixture(scope="module")
def page() -> Elements:
    return Elements(as_html(MADE, SCENES))


@pytest.fixture(scope="module")
def tokens() -> list[Token]:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").parse(as_markdown(MADE))


def test_a_page_has_the_scripts_and_styles_that_are_its_own_and_no_other(page: Elements) -> None:
    names = [tag for tag, _ in page.tags]
    assert (names.count("script"), names.count("style"), names.count("h1")) == (1, 1, 1)
    assert not {"img", "iframe", "object", "embed", "form", "base"} & set(names)


def test_no_attribute_of_a_page_runs_anything_or_leads_away_from_it(page: Elements) -> None:
    allowed = {"link": ("href", "data:,")}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"style", "src", "srcdoc", "srcset", "action", "formaction", "target", "ping"}, (
                tag,
                name,
            )
            if name in {"href", "xlink:href"}:
                assert value is not None
                assert value.startswith("#") or allowed.get(tag) == (name, value)


def test_a_page_of_hostile_texts_has_the_elements_of_the_same_page_of_harmless_ones() -> None:
    made, scenes = working_day()
    ours = {tag for tag, _ in Elements(as_html(MADE, SCENES)).tags}
    assert ours <= {tag for tag, _ in Elements(as_html(made, scenes)).tags} | {"ol", "b"}


def test_a_page_shows_hostile_texts_as_they_were_written(page: Elements) -> None:
    text = "".join(page.text)
    assert "</script><script>window.broken = 'script'</script>" in text
    assert "{{ 7 * 7 }}{% raw %}{# x #}" in text


FORMS: tuple[Callable[[ShadowReport], str], ...] = (as_text, as_markdown, as_json, lambda made: as_html(made, SCENES))


@pytest.mark.parametrize("form", FORMS, ids=["text", "markdown", "json", "html"])
def test_no_form_holds_a_character_that_acts_instead_of_being_seen(form: Callable[[ShadowReport], str]) -> None:
    text = form(MADE)
    acting = {char for char in text if category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}
    assert acting == set()


@pytest.mark.parametrize("form", FORMS, ids=["text", "markdown", "json", "html"])
def test_every_form_can_be_written_as_utf_8(form: Callable[[ShadowReport], str]) -> None:
    assert form(MADE).encode("utf-8")


def test_the_text_keeps_its_columns() -> None:
    assert max(cells(line) for line in as_text(MADE).splitlines()) <= 80


def test_in_markdown_nothing_hostile_is_mark_up(tokens: list[Token]) -> None:
    raw = [token.content for token in tokens if token.type == "html_block"]
    raw += [child.content for token in tokens for child in token.children or () if child.type == "html_inline"]
    ours = re.compile(r"</?details>|<summary><code>d-[0-9a-f]{6}</code> [a-z /()_:]*</summary>")
    assert [ours.sub("", text).strip() for text in raw if ours.sub("", text).strip()] == []
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "code_inline", "strong_open", "strong_close", "softbreak", "html_inline"}


def test_in_markdown_the_only_headings_are_our_own(tokens: list[Token]) -> None:
    titles = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert titles[0].startswith("34 differences")
    assert set(titles[1:]) <= {
        "Clusters",
        "Rates",
        "Coverage",
        "Cycle times",
        "Signed off: explained, still scored",
        "Strata",
    }


def test_in_markdown_every_row_of_a_table_has_the_cells_of_its_head(tokens: list[Token]) -> None:
    heads, count, rows = 0, 0, 0
    for token in tokens:
        if token.type == "table_open":
            heads = 0
        elif token.type == "th_open":
            heads += 1
        elif token.type == "tr_open":
            count = 0
        elif token.type == "td_open":
            count += 1
        elif token.type == "tr_close" and count:
            rows += 1
            assert count == heads
    assert rows > len(MADE.clusters)


def test_in_markdown_mentions_and_links_stand_in_code_only() -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(as_markdown(MADE))
    outside = CODE.sub("", html)
    assert not re.search(r"@everyone|https?://|www\.|javascript:|onerror|<img|<script", outside)
    assert "@everyone" in html


def test_the_json_gives_back_every_character_that_stood_there() -> None:
    texts = set(strings(json.loads(as_json(MADE))))
    assert set(HOSTILE) <= texts


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    return [text for item in value for text in strings(item)] if isinstance(value, list) else []


@given(st.text())
def test_a_foreign_text_becomes_one_line_without_anything_that_acts(text: str) -> None:
    line = one_line(text)
    assert all(category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in line)
    assert len(line) <= LONGEST_LINE + 1


@given(st.text(), st.integers(min_value=4, max_value=90))
def test_a_fitted_line_takes_exactly_its_cells(text: str, width: int) -> None:
    assert cells(fit(text, width)) == width


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_whatever_a_pane_prints_the_page_keeps_its_shape(line: str, reason: str) -> None:
    one = bout(0, side("idle", lines=(line,)), side("busy", line), session=line, right="candidate", reason=reason)
    two = bout(0, side("idle", lines=("x",)), side("busy", "x"), session="x", right="candidate", reason="x")
    shapes = [[tag for tag, _ in Elements(as_html(report([made]))).tags] for made in (one, two)]
    assert shapes[0] == shapes[1]


def test_a_huge_line_costs_no_more_than_is_shown_of_it() -> None:
    assert len(fit("x" * 10**7, 80)) == 80
    assert len(one_line("\u0301" * 10**6)) <= LONGEST_LINE + 1
