"""Packages and pages use the vocabulary of `docs/glossary.md`: no old name, no class name twice, named subjects."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("understudy", "tmuxio", "legacy", "modular", "shadow", "rollout")
ROWS = (
    "contract",
    "House Desk Trial house desk trial",
    "StageKeeper keeper stage_keeper",
    "Part Seat Role part seat",
    "Cycled Looking Looked Mind cycled looking looked mind",
    "Glance eyes glance",
    "Eyes Camera Hands camera hands",
    "tied_hands",
    "wish wishes ask want",
    "Touch touch",
    "hearing Heard heard spoken Said word",
    "Stand stand Standing",
    "keys Lock turn",
    "Lanes lanes lot drawing",
    "TapeShelf PluginShelf tape_shelf plugin_shelf shelf",
    "Album CloseUp Naps patience Glimpse album close_up closeup naps glimpse",
    "Door errand door",
    "telling where words",
    "Floor floor",
    "Fact fact",
    "casting wardrobe stagehand audience director",
    "nobody somebody whoever",
)
"""The names that were given up, a row for each change, with the modules that bore them."""
OLD_NAMES = frozenset(name for row in ROWS for name in row.split())
NOT_SUBJECTS = ("What ", "Nobody ", "Somebody ", "Whoever ")
"""First words with which a docstring names no subject."""
QUESTIONS = ("Whether ", "How ", "Where ", "Who ", "Why ", "When ", "Which ")
"""First words of a question; `rollout/loop` still has some."""
STATEMENTS = (
    *("understudy", "tmuxio", "legacy", "modular", "shadow"),
    *("rollout/judgement", "rollout/store", "rollout/faces"),
)

UNNAMED = ROWS[-1].split()
NAMELESS = re.compile(rf"(?<![\w-])({'|'.join(UNNAMED)})(?![\w-])", re.IGNORECASE)
"""Words that stand for a subject without naming it; a name with hyphens, as an entry of the register has, is none."""
PAGES = (
    *("docs", ".github", "README.md", "CHANGELOG.md"),
    *("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"),
)
SUFFIXES = frozenset({".py", ".md", ".toml", ".yml", ".j2"})

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules below a folder, by their paths from there."""
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))


def definitions(tree: ast.Module) -> list[Definition]:
    return [node for node in ast.walk(tree) if isinstance(node, Definition)]


def old_names(root: Path) -> list[str]:
    """Return the classes, functions, modules and packages below a folder that have an old name."""
    return [
        f"{path}: {name}"
        for path, tree in modules(root)
        for name in (*path.with_suffix("").parts, *(node.name for node in definitions(tree)))
        if name in OLD_NAMES
    ]


def names_twice(root: Path) -> dict[str, list[str]]:
    """Return the public classes below a folder that share a name, with their modules."""
    places = defaultdict(list)
    for path, tree in modules(root):
        for node in definitions(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path))
    return {name: found for name, found in places.items() if len(found) > 1}


def texts(tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings of a module, its classes and functions, and the texts below fields and constants."""
    for node in (tree, *definitions(tree)):
        for one in node.body:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield one.value.value


def without_subject(root: Path, words: tuple[str, ...] = NOT_SUBJECTS) -> list[str]:
    """Return the docstrings below a folder that begin with neither a verb nor their subject."""
    return [
        f"{path}: {text.splitlines()[0]}"
        for path, tree in modules(root)
        for text in texts(tree)
        if text.startswith(words)
    ]


def nameless_subjects(root: Path) -> list[str]:
    """Return the lines of a file, or of the files below a folder, that name no subject, but not of decision records."""
    files = [root] if root.is_file() else sorted(root.rglob("*"))
    return [
        f"{path.name}:{number}: {line.strip()}"
        for path in files
        if path.suffix in SUFFIXES and path.parent.name != "adr"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NAMELESS.search(line)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_class_function_or_module_has_an_old_name(package: str) -> None:
    assert old_names(ROOT / package) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_public_class_has_its_name_twice_in_a_package(package: str) -> None:
    assert names_twice(ROOT / package) == {}


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_no_docstring_begins_without_its_subject(folder: str) -> None:
    assert without_subject(ROOT / folder) == []


@pytest.mark.parametrize("place", [*PACKAGES, *PAGES])
def test_no_line_of_a_package_or_a_page_leaves_its_subject_unnamed(place: str) -> None:
    assert nameless_subjects(ROOT / place) == []


@pytest.mark.parametrize("form", ["# {} reads it", "asked of {}'s machine", "X = '{}'"])
@pytest.mark.parametrize("word", [*UNNAMED, *map(str.title, UNNAMED)])
def test_a_line_without_a_named_subject_is_found(tmp_path: Path, word: str, form: str) -> None:
    line = form.format(word)
    (tmp_path / "page.md").write_text(f"# Title\n{line}\n")
    assert nameless_subjects(tmp_path) == [f"page.md:2: {line}"]


@pytest.mark.parametrize("folder", STATEMENTS)
def test_no_docstring_begins_as_a_question(folder: str) -> None:
    assert without_subject(ROOT / folder, QUESTIONS) == []


def test_a_docstring_that_begins_as_a_question_is_found(tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text('def f():\n    """Whether it is so."""\n')
    assert without_subject(tmp_path, QUESTIONS) == ["asks.py: Whether it is so."]


def test_the_package_that_a_monitor_imports_has_no_second_name() -> None:
    assert not any((ROOT / name).exists() for name in OLD_NAMES)


@pytest.mark.parametrize(
    "source", ["class {}:\n    pass\n", "class A:\n    def {}(self): ...\n", "def f():\n    async def {}(): ...\n"]
)
@pytest.mark.parametrize("name", sorted(OLD_NAMES))
def test_an_old_name_is_found(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / "good.py").write_text(source.format(name))
    assert old_names(tmp_path) == [f"good.py: {name}"]


@pytest.mark.parametrize("module", ["keys.py", "words.py", "casting/__init__.py", "house/good.py"])
def test_a_module_with_an_old_name_is_found(tmp_path: Path, module: str) -> None:
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).touch()
    assert len(old_names(tmp_path)) == 1


def test_a_part_of_an_identifier_is_no_old_name(tmp_path: Path) -> None:
    (tmp_path / "keystrokes.py").write_text("class Stands:\n    def want_more(self): ...\n")
    assert old_names(tmp_path) == []


def test_a_class_name_that_exists_twice_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Look: ...\nclass _Look: ...\n")
    (tmp_path / "two.py").write_text("class Outer:\n    class Look: ...\nclass _Look: ...\n")
    assert names_twice(tmp_path) == {"Look": ["one.py", "two.py"]}


@pytest.mark.parametrize(
    "source",
    ['"""What it is."""\n', 'class A:\n    """Whoever does it."""\n', 'X = 1\n"""What it is worth."""\n',
     'async def f():\n    """Nobody does it."""\n', 'class A:\n    x: int\n    """What it is worth."""\n'],
)  # fmt: skip
def test_a_docstring_without_its_subject_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "good.py").write_text(source)
    assert len(without_subject(tmp_path)) == 1
