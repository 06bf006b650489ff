"""The shape of the loop: functions take what they use, and a cycle reads on one screen."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import rollout

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(rollout.__file__).parent
ONE_SCREEN = 66
MODULE_LINES = 250


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(ROOT).as_posix(), node


def test_no_function_outside_the_composition_root_takes_the_whole_runtime() -> None:
    takers = {
        f"{name} {node.name}"
        for name, node in functions()
        for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        if one.annotation is not None and "Runtime" in ast.unparse(one.annotation)
    }
    assert takers == {"loop/cycle.py one_cycle", "loop/daemon.py loop"}


def test_one_cycle_reads_on_one_screen() -> None:
    (cycle,) = (node for name, node in functions() if name == "loop/cycle.py" and node.name == "one_cycle")
    assert (cycle.end_lineno or 0) - cycle.lineno < ONE_SCREEN


def test_modules_of_the_loop_have_at_most_250_lines() -> None:
    modules = (ROOT / "loop").rglob("*.py")
    assert [path.name for path in modules if len(path.read_text().splitlines()) > MODULE_LINES] == []
