"""Facts that several packages need stand once, in the lowest package that needs them."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.loop.acting.deliveries import delivery_name
from understudy.shells import SHELLS, is_shell
from understudy.tokens import TOKEN, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("understudy", "tmuxio", "legacy", "modular", "shadow", "rollout")


@cache
def modules() -> dict[str, ast.Module]:
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in paths}


def literals(node: ast.AST) -> Iterator[frozenset[str]]:
    """Yield the texts of every set, list and tuple that is written out."""
    for one in ast.walk(node):
        if isinstance(one, (ast.Set, ast.List, ast.Tuple)):
            yield frozenset(
                part.value for part in one.elts if isinstance(part, ast.Constant) and type(part.value) is str
            )


def places_of(words: set[str]) -> list[str]:
    return [name for name, module in modules().items() if any(words <= found for found in literals(module))]


@pytest.mark.parametrize(
    ("words", "home"),
    [
        ({"zsh", "fish"}, "understudy/shells.py"),
        ({"developer", "devops"}, "understudy/window_names.py"),
    ],
)
def test_a_list_of_names_is_written_out_in_one_module(words: set[str], home: str) -> None:
    assert places_of(words) == [home]


def test_a_tokens_pattern_is_written_in_one_module() -> None:
    texts = defaultdict(set)
    for name, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "[u-[" in node.value:
                texts[name].add(node.value)
    assert list(texts) == ["understudy/tokens.py"]


def test_no_text_constant_of_some_length_is_defined_in_two_modules() -> None:
    """Numbers may be equal by chance; a pattern, a list or a text of twenty characters is a copy."""
    places = defaultdict(list)
    for name, module in modules().items():
        for node in module.body:
            value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            texts = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant)] if value else []
            if sum(len(text) for text in texts if isinstance(text, str)) >= 20:
                places[ast.dump(value)].append(name)
    assert [names for names in places.values() if len(names) > 1] == []


def test_no_enum_has_the_members_of_another() -> None:
    members = defaultdict(list)
    for name, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases):
                values = [ast.unparse(line.value) for line in node.body if isinstance(line, ast.Assign)]
                members[frozenset(values)].append(f"{name}:{node.name}")
    assert [names for names in members.values() if len(names) > 1] == []


def test_serve_reads_only_what_the_protocols_declare() -> None:
    calls = [node for node in ast.walk(modules()["understudy/serve.py"]) if isinstance(node, ast.Call)]
    assert [call for call in calls if ast.unparse(call.func) in {"getattr", "hasattr"}] == []


@pytest.mark.parametrize("process", ["zsh", "-bash", "/usr/bin/fish", "/bin/-sh", "login", "pwsh"])
def test_a_shell_is_known_by_its_name_however_it_is_written(process: str) -> None:
    assert is_shell(process)


@pytest.mark.parametrize("process", ["claude", "node", "", "bash-language-server"])
def test_a_program_is_no_shell(process: str) -> None:
    assert not is_shell(process)


def test_every_shell_is_a_bare_name() -> None:
    assert [name for name in SHELLS if name != squeeze(name) or "/" in name or name.startswith("-")] == []


def test_the_token_of_a_delivery_matches_the_pattern() -> None:
    assert TOKEN.fullmatch(f"[{delivery_name((), ())[:10]}]")


def test_a_token_that_a_composer_wrapped_is_found() -> None:
    assert TOKEN.findall(squeeze("│ [u-7f\n│ 3a0012] tell │")) == ["[u-7f3a0012]"]
