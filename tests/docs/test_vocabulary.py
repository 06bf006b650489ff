"""The packages speak the vocabulary of `docs/glossary.md`: no old name, no name twice, no riddle for a docstring."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("understudy", "tmuxio", "legacy", "modular", "shadow", "rollout")
OLD_NAMES = frozenset(
    [
        "contract",
        "House",
        "Desk",
        "Trial",
        "StageKeeper",
        "keeper",
        "Part",
        "Seat",
        "Role",
        "Cycled",
        "Looking",
        "Looked",
        "Mind",
        "Glance",
        "eyes",
        "Eyes",
        "Camera",
        "Hands",
        "wish",
        "ask",
        "want",
        "Touch",
        "hearing",
        "Heard",
        "heard",
        "spoken",
        "Said",
        "word",
        "Stand",
        "stand",
        "Standing",
        "keys",
        "Lock",
        "turn",
        "Lanes",
        "lot",
        "drawing",
        "TapeShelf",
        "PluginShelf",
        "Album",
        "CloseUp",
        "Naps",
        "patience",
        "Glimpse",
        "Door",
        "errand",
        "telling",
        "where",
        "words",
        "Floor",
        "Fact",
        "casting",
        "wardrobe",
        "stagehand",
        "audience",
        "director",
        "house",
        "desk",
        "trial",
        "cycled",
        "looking",
        "mind",
        "camera",
        "hands",
        "touch",
        "lanes",
        "tape_shelf",
        "shelf",
        "album",
        "closeup",
        "naps",
        "glimpse",
        "door",
        "floor",
    ]
)
"""The column "now" of the vocabulary, and the modules that were called by it."""


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def definitions(path: Path) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_class_function_or_module_has_an_old_name(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] == package
        for name in (
            *path.relative_to(ROOT).with_suffix("").parts,
            *(node.name for node in definitions(path)),
        )
        if name in OLD_NAMES
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_public_class_has_its_name_twice_in_a_package(package: str) -> None:
    places = defaultdict(list)
    for path in sources():
        if path.relative_to(ROOT).parts[0] == package:
            for node in definitions(path):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_docstring_begins_with_what(package: str) -> None:
    found = []
    for path in sources():
        if path.relative_to(ROOT).parts[0] != package:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))]
        found += [
            f"{path.relative_to(ROOT)}: {text.splitlines()[0]}"
            for node in nodes
            if (text := ast.get_docstring(node)) and text.startswith("What ")
        ]
    assert found == []
