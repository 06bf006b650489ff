"""Kinds of screens rather than screens: each drawn for several CLIs, widths and frames, with and without colour."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drawn_kinds import ABOVE_COMPOSER, CLIS, DIALOGS, FRAMES, WIDTHS, coloured, screen, with_composer

from modular.classify import classify_question

SITUATIONS = [
    json.loads(line)
    for line in (Path(__file__).parent / "situations.jsonl").read_text(encoding="utf-8").splitlines()
    if line
]


def said(name: str, text: str, *, colour: bool) -> dict[str, Any]:
    """Classify a drawn screen of this CLI."""
    known = {"id": name, "pane_title": CLIS[name].title, "processes": CLIS[name].processes}
    return classify_question(known | ({"screen_ansi": coloured(text)} if colour else {"screen": text}))


def misread(
    name: str, state: str, drawn: dict[str, str], colours: tuple[bool, ...] = (False, True)
) -> list[tuple[str, str, str]]:
    """Return how it was drawn, the state and the rule of everything that is not read as this state."""
    wrong = []
    for how, text in drawn.items():
        for colour in colours:
            answer = said(name, text, colour=colour)
            if answer["state"] != state:
                wrong.append((f"{how}{' in colour' if colour else ''}", answer["state"], answer["rule"]))
    return wrong


@pytest.mark.parametrize("dialog", DIALOGS)
@pytest.mark.parametrize("name", CLIS)
def test_a_dialog_waits_in_any_frame_and_width(name: str, dialog: str) -> None:
    for width, colours in ((40, (False,)), (100, (True,)), (200, (False,))):
        drawn = {f"{frame} {width}": screen(CLIS[name], draw(DIALOGS[dialog], width)) for frame, draw in FRAMES.items()}
        assert misread(name, "waiting_approval", drawn, colours) == []


@pytest.mark.parametrize(
    ("state", "name", "kind"),
    [
        pytest.param(state, name, kind, id=f"{state}-{name}-{kind}")
        for state, table in ABOVE_COMPOSER.items()
        for name, kinds in table.items()
        for kind in kinds
    ],
)
def test_what_stands_above_an_empty_composer_says_what_the_agent_does(state: str, name: str, kind: str) -> None:
    rows = ABOVE_COMPOSER[state][name][kind]
    drawn = {f"{width}": with_composer(name, rows, width) for width in WIDTHS}
    assert misread(name, state, drawn) == []


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["id"])
def test_a_situation_means_what_stands_beside_it(situation: dict[str, Any]) -> None:
    answer = classify_question({"id": situation["id"], **situation["input"]})
    assert answer["state"] == situation["state"], answer["rule"]
