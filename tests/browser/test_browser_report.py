"""The report's page in a real browser: light, dark, narrow and printed; accessible, and safe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from report_samples import crowd, hostile, working_day

from shadow.report.page import as_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(180)

SIGHTS: Final[dict[str, tuple[Literal["light", "dark"], int]]] = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "narrow": ("light", 390),
    "narrow dark": ("dark", 390),
}


@dataclass
class Seen:
    """A page in the browser, with everything that it said, asked for or was refused."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open_everything(self) -> None:
        """Open every card and every figure, and have the browser draw those out of sight, too."""
        self.page.evaluate(
            "for (const one of document.querySelectorAll('details')) {"
            "one.open = true; one.style.contentVisibility = 'visible' }"
        )


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Seen]]:
    """Open a text as a page, as one of `SIGHTS` shows it."""
    contexts = []

    def open_page(text: str, sight: str = "light", **more: Any) -> Seen:
        scheme, width = SIGHTS[sight]
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 844}, **more)
        contexts.append(context)
        seen = Seen(context.new_page())
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        file = tmp_path / "report.html"
        file.write_text(text, encoding="utf-8")
        seen.page.goto(file.as_uri())
        return seen

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def day() -> str:
    return as_html(*working_day())


@pytest.fixture(scope="module")
def evil() -> str:
    return as_html(*hostile())


@pytest.mark.parametrize(
    ("kind", "sight"), [*(("day", sight) for sight in SIGHTS), ("evil", "light"), ("evil", "narrow dark")]
)
def test_the_page_is_accessible(
    look: Callable[..., Seen], request: pytest.FixtureRequest, sight: str, kind: str
) -> None:
    seen = look(request.getfixturevalue(kind), sight)
    seen.open_everything()
    found = Axe().run(seen.page).response["violations"]
    grave = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
    assert grave == []


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("kind", ["day", "evil"])
def test_a_page_never_scrolls_sideways(
    look: Callable[..., Seen], request: pytest.FixtureRequest, sight: str, kind: str
) -> None:
    seen = look(request.getfixturevalue(kind), sight)
    seen.open_everything()
    width = seen.page.evaluate("document.documentElement.scrollWidth")
    wide = seen.page.evaluate(
        "[...document.querySelectorAll('main > *, .card, .body > *')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.className)"
    )
    assert (width <= SIGHTS[sight][1], wide) == (True, [])


@pytest.mark.parametrize("kind", ["day", "evil"])
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    look: Callable[..., Seen], request: pytest.FixtureRequest, kind: str
) -> None:
    seen = look(request.getfixturevalue(kind))
    seen.open_everything()
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert seen.said == []


def test_nothing_that_a_pane_printed_runs(look: Callable[..., Seen], evil: str) -> None:
    seen = look(evil)
    seen.open_everything()
    assert seen.page.evaluate("window.broken") is None
    assert seen.page.locator("script").count() == 1
    assert seen.page.title().startswith("34 differences")


def test_even_a_tag_that_got_in_would_not_run(look: Callable[..., Seen], day: str) -> None:
    forged = (
        "<script>window.broken = 1</script><img src=x onerror='window.broken = 2'><p style='color:red'>x</p></main>"
    )
    seen = look(day.replace("</main>", forged))
    assert seen.page.evaluate("window.broken") is None
    assert len([line for line in seen.said if "Content Security Policy" in line]) >= 3


def test_the_first_thing_to_be_seen_is_whether_it_may_go_on_and_what_needs_a_person(
    look: Callable[..., Seen], day: str
) -> None:
    seen = look(day, "narrow")
    for text in ("2 decisions need you", "Watching:"):
        box = seen.page.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 844


def test_dark_and_light_differ_by_the_readers_own_setting(look: Callable[..., Seen], day: str) -> None:
    grounds = [
        look(day, sight).page.evaluate("getComputedStyle(document.body).backgroundColor") for sight in ("light", "dark")
    ]
    assert grounds[0] != grounds[1]


def test_a_command_is_copied_by_one_click(look: Callable[..., Seen], day: str) -> None:
    seen = look(day, permissions=["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="copy: understudy diffs show").first.click()
    seen.page.wait_for_function("document.querySelector('.next button').textContent !== 'copy'")
    text = seen.page.locator("code.copy").first.text_content()
    assert seen.page.evaluate("navigator.clipboard.readText()") == text


def test_cards_are_found_by_what_they_say(look: Callable[..., Seen], day: str) -> None:
    seen = look(day)
    everything = seen.page.locator("details.card:visible").count()
    seen.page.get_by_role("searchbox").fill("composer.ghost idle")
    assert seen.page.locator("details.card:visible").count() == 1 < everything
    assert seen.page.locator("#filtered").text_content() == f"1 of {everything} cards"


def test_a_link_to_a_cluster_opens_its_card(look: Callable[..., Seen], day: str) -> None:
    seen = look(day)
    closed = seen.page.locator("details.card:not([open])").first.get_attribute("id")
    seen.page.evaluate("(name) => { location.hash = name }", closed)
    seen.page.wait_for_function("(name) => document.getElementById(name).open", arg=closed)


def test_without_scripts_the_page_says_the_same(browser: Browser, day: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(day, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.get_by_text("understudy diffs settle").first.is_visible()
    assert not page.locator(".filter").is_visible()
    context.close()


def test_it_prints_on_paper_in_dark_ink_whatever_the_screen(look: Callable[..., Seen], day: str) -> None:
    seen = look(day, "dark")
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not seen.page.locator("nav").is_visible()
    assert seen.page.pdf(format="A4").startswith(b"%PDF")


def test_ten_thousand_differences_are_shown_within_a_few_times_what_a_hundred_take(look: Callable[..., Seen]) -> None:
    few, many = as_html(*crowd(100, 50)), as_html(*crowd(10_000, 3_000))
    assert loaded_ms(look, many) < 12 * loaded_ms(look, few)


def loaded_ms(look: Callable[..., Seen], text: str) -> float:
    """The best of three times from the first byte to the page's load event."""
    took = "performance.getEntriesByType('navigation')[0].loadEventEnd"
    return min(float(look(text).page.evaluate(took)) for _ in range(3))
