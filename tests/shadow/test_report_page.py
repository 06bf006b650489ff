"""The report as a page: self-contained, honest about what it leaves out, its screens in their colours."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory import build
from report_samples import SCREEN, T0, bout, crowd, day, report, shot, side, working_day
from typer.testing import CliRunner

from rollout.faces.cli.app import app
from shadow.differences import Silence
from shadow.report import ClusterScene, Still, formatting
from shadow.report.commands import commands
from shadow.report.page import as_html
from shadow.report.page.ansi import PLAIN, rows_of
from shadow.report.page.cards import MOST_CARDS
from shadow.report.page.colours import LIGHTEST_GROUND, READABLE, contrast, indexed, readable
from shadow.report.page.palette import MOST_LOOKS, Palette
from shadow.report.page.screens import strip
from shadow.report.timeline import SLICES

CHANNEL = st.integers(0, 255)
COLOUR = st.tuples(CHANNEL, CHANNEL, CHANNEL)


@pytest.fixture(scope="module")
def page() -> str:
    return as_html(*working_day())


def hash_of(page: str, tag: str) -> str:
    text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    assert text
    return f"'sha256-{b64encode(sha256(text[1].encode()).digest()).decode()}'"


def test_the_policy_lets_nothing_in_but_the_style_and_the_script_of_the_page(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    said = dict(part.strip().split(" ", 1) for part in policy[1].replace("&#39;", "'").split(";"))
    assert said == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": hash_of(page, "style"),
        "script-src": hash_of(page, "script"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_no_address_of_any_host_stands_in_a_page(page: str) -> None:
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)


def test_every_link_of_a_page_leads_to_a_place_in_it(page: str) -> None:
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places


def test_no_two_places_of_a_page_have_one_name(page: str) -> None:
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "said",
    [
        (
            "22 differences: 12 known, 5 settled for the candidate, 2 against it, 3 undecided, "
            "<strong>2 decisions need you</strong>"
        ),
        "<b>Watching:</b> held, because 1 cluster of differing actions not reviewed.",
        "the candidate is wrong in fewer than 14.37 % of the scored spells (3 of 52, certain to 95 % at any look)",
        "incumbent right in 2 bouts: called idle, but it printed on while no key was pressed",
        "The screen 10.1 s after",
        "<b>CLIs never seen:</b> aider, codex",
        "<b>The plan still waits for</b> rate limited",
        "<b>Sizes never seen:</b> under 80 columns; 120 to 199; under 24 rows",
        "--ceiling 0.073 --reason WHY --socket-name work",
        "08:14:00 UTC: 1 settled against the candidate</title>",
        "A boxed dialog is idleness to the incumbent",
    ],
)
def test_a_page_tells(page: str, said: str) -> None:
    assert said in re.sub(r"\s+", " ", page)


def test_what_waits_for_a_person_stands_open_above_the_rest(page: str) -> None:
    cards = re.findall(r'<details class="card \w+" id="(d-\w+)"( open)?>', page)
    made = working_day()[0]
    waiting = [cluster.id for cluster in made.open_clusters]
    assert [name for name, opened in cards if opened] == waiting == [name for name, _ in cards[: len(waiting)]]


def test_lines_that_made_a_rule_fire_are_marked_visibly_and_for_screen_readers(page: str) -> None:
    assert '<span class="row both"><span class="gutter">IC</span>│ &gt; fix the tests │' in page


def test_a_page_of_more_clusters_than_it_has_cards_for_says_how_many_are_left_out() -> None:
    made, scenes = crowd(700, 700, screens=3)
    page = as_html(made, scenes)
    assert page.count('<details class="card') == MOST_CARDS
    left_out = [int(count.replace(",", "")) for count in re.findall(r"and ([\d,]+) clusters? more without", page)]
    assert sum(left_out) == 700 - MOST_CARDS
    assert "understudy diffs list --socket-name work" in page


def test_every_reason_for_telling_no_manager_has_its_text() -> None:
    assert set(formatting.SILENCES) == set(Silence)


def test_a_monitor_that_sends_no_notice_is_shown_with_the_reason() -> None:
    quiet = side("crashed", silence=Silence.ATTENDED)
    page = as_html(report([bout(0, quiet, side("idle"))]))
    assert "sends no notice: a person or the manager is busy with the pane" in page


def test_the_confusion_matrix_leaves_out_what_neither_sees() -> None:
    seen = report(
        [bout(0, side(None), side("idle")), bout(1, side(None), side(None)), bout(2, side("idle"), side("idle"))]
    )
    assert [(cell.incumbent, cell.candidate, cell.bouts) for cell in seen.confusion] == [
        ("idle", "idle", 1),
        ("absent", "idle", 1),
    ]


def test_a_report_of_nothing_is_a_page_too() -> None:
    page = as_html(build([], T0, incumbent="a 1", candidate="b 2"))
    assert "No differences" in page
    assert "Nothing was judged" in page


def test_the_commands_of_a_card_are_understood_by_the_program() -> None:
    (cluster, *_) = report(day()).clusters
    for command in commands(cluster):
        formatting = command.text.split()[1:]
        known = CliRunner().invoke(app, [*formatting[:2], "--help"]).output
        assert formatting[:2] in [["diffs", "show"], ["diffs", "settle"], ["diffs", "accept"]]
        for option in (word for word in formatting if word.startswith("--")):
            assert option in known, command.text


def test_the_command_that_accepts_allows_half_as_much_again_as_was_seen() -> None:
    (cluster, *_) = report([bout(n, side("idle"), side("busy" if n == 0 else "idle")) for n in range(100)]).clusters
    accept = next(command.text for command in commands(cluster) if "accept" in command.text)
    assert "--ceiling 0.015 " in accept


@pytest.mark.parametrize(
    ("ansi", "texts"),
    [
        ("plain", [["plain"]]),
        ("\x1b[31mred\x1b[0m no", [["red", " no"]]),
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", [["a", "link", "b"]]),
        ("\x0eqx\x0fqx", [["─│", "qx"]]),
        ("cut \x1b[3", [["cut ", "·", "[3"]]),
        ("one\n\ntwo\n\n\n", [["one"], [], ["two"]]),
    ],
)
def test_a_screen_is_taken_apart_into_runs(ansi: str, texts: list[list[str]]) -> None:
    assert [[run.text for run in row] for row in rows_of(ansi)[0]] == texts


@pytest.mark.parametrize(
    ("codes", "fore"),
    [
        ("31", indexed(1)),
        ("95", indexed(13)),
        ("38;5;208", indexed(208)),
        ("38;2;1;2;3", (1, 2, 3)),
        ("38:2::1:2:3", (1, 2, 3)),
        ("38:5:9", indexed(9)),
        ("1;38;5;4;4", indexed(4)),
        ("58;5;9;32", indexed(2)),
        ("31;39", None),
        ("31;", None),
        ("38;5", None),
        ("38;2;999;0;0", (255, 0, 0)),
        ("99999999999", None),
    ],
)
def test_codes_give_colours_as_a_terminal_gives_them(codes: str, fore: tuple[int, int, int] | None) -> None:
    assert rows_of(f"\x1b[{codes}mx")[0][0][0].look.fore == fore


def test_a_look_lasts_until_it_is_taken_back_also_over_the_end_of_a_line() -> None:
    (_, second, third), _ = rows_of("\x1b[1;7ma\nb\n\x1b[0mc")
    assert (second[0].look.bold, second[0].look.reverse) == (True, True)
    assert third[0].look == PLAIN


@given(COLOUR, COLOUR)
def test_every_text_is_moved_until_it_can_be_read_on_its_ground(
    text: tuple[int, int, int], ground: tuple[int, int, int]
) -> None:
    assert contrast(readable(text, ground), ground) >= READABLE


@given(COLOUR)
def test_a_text_that_can_be_read_keeps_its_colour(text: tuple[int, int, int]) -> None:
    if contrast(text, LIGHTEST_GROUND) >= READABLE:
        assert readable(text, LIGHTEST_GROUND) == text


@given(st.text(alphabet=st.sampled_from("\x1b[]0123456789;:m\x0e\x0f\nKqx\x07\\ "), max_size=80))
def test_any_bytes_of_a_terminal_are_taken_apart(ansi: str) -> None:
    rows, left_out = rows_of(ansi)
    assert left_out == 0
    assert not [char for row in rows for run in row for char in run.text if ord(char) < 32]


def test_a_huge_screen_is_cut_and_says_so() -> None:
    rows, left_out = rows_of("\n".join("x" * 5000 for _ in range(1000)))
    assert (len(rows), left_out) == (200, 800)
    assert "".join(run.text for run in rows[0]).endswith("x…")


def test_a_screen_with_a_colour_in_every_cell_does_not_fill_the_style_sheet() -> None:
    palette = Palette()
    ansi = "\n".join("".join(f"\x1b[38;2;{row};{cell};9mx" for cell in range(200)) for row in range(100))
    scene = ClusterScene(difference=report(day()).clusters[0].example, shot=shot(ansi))
    assert strip(scene, palette).judged.lines
    assert palette.sheet().count("\n") == MOST_LOOKS


def test_a_neighbour_says_how_far_it_is_and_nothing_of_it_is_marked() -> None:
    example = report(day()).clusters[0].example
    scene = ClusterScene(difference=example, shot=shot(), neighbours=(Still(offset_s=-0.6, shot=shot(SCREEN)),))
    (near,) = strip(scene, Palette()).near
    assert near.caption == "0.6 s before"
    assert {line.kind for line in near.lines} == {""}


@given(st.lists(st.floats(0, 10**7), min_size=1, max_size=50))
def test_a_timeline_has_at_most_forty_slices_and_loses_no_bout(ats: list[float]) -> None:
    made = report([bout(round(at, 3), side("idle"), side("busy")) for at in ats])
    assert 1 <= len(made.timeline.slices) <= SLICES
    assert sum(one.balance.total for one in made.timeline.slices) == len(ats)
