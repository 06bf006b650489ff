"""The choice of `make check`: tests that start no program and no server, and measure no time.

A file is pure if neither it nor a helper of the tests that it imports uses one of `MACHINERY`, or a fixture that starts
something. So a new test is chosen, or left out, by what it uses. `SLOW` alone is a list kept by hand.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MACHINERY: Final = frozenset(
    {"subprocess", "multiprocessing", "socket", "private_tmux", "playwright", "pytest_benchmark"}
)
FIXTURES: Final = frozenset({"tmux_server", "benchmark", "browser", "page"})
PLUGINS: Final = frozenset({"tests.cli.shell"})
"""Files of fixtures: the shell runs whole verbs."""
FOLDERS: Final = frozenset(
    {"benchmarks", "browser", "cli", "cycle", "decisions", "demo", "faults", "integration", "trial"}
)
"""Of these no file is chosen: they start programs, run whole cycles, or simulate for minutes."""
SLOW: Final = frozenset(
    {
        *("test_audit.py", "test_outcome.py", "test_rollout_machine.py", "test_sequential.py", "test_vocabulary.py"),
        *("test_legacy_scenarios.py", "test_modular_kinds.py", "test_modular_rulefolders.py", "test_modular_sieve.py"),
        *("test_redaction_speed.py", "test_stage_controller_machine.py", "test_told_and_duty_judged.py"),
        *("test_trial_judged.py", "test_earlier_tapes.py", "test_modular_survey.py", "test_redacted_replay.py"),
        *("test_memory_redaction.py", "test_hindsight_right.py", "test_delivery_survives.py", "test_gate_rules.py"),
        "test_shared_facts.py",
    }
)
"""The slowest files that start nothing: without them `make check` takes about a minute of two free cores."""


def is_pure(path: Path) -> bool:
    """Return whether a test file starts nothing."""
    folders = path.parts[path.parts.index("tests") :]
    if path.name.endswith("_benchmark.py") or path.name in SLOW or not FOLDERS.isdisjoint(folders):
        return False
    return not any(_starts_something(one) for one in _with_helpers(path))


def _with_helpers(path: Path) -> Iterator[Path]:
    """Yield a file and the helpers that it imports, and those that they import."""
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        if (one := waiting.pop()) in seen:
            continue
        seen.add(one)
        yield one
        found = (_helper(one, name) for name in _uses(one)[0])
        waiting += [helper for helper in found if helper is not None]


def _helper(path: Path, name: str) -> Path | None:
    root = next(folder for folder in path.parents if folder.name == "tests")
    places = (path.with_name(f"{name}.py"), root / f"{name}.py", root.parent / f"{name.replace('.', '/')}.py")
    return next((place for place in places if root in place.parents and place.exists()), None)


def _starts_something(path: Path) -> bool:
    imports, arguments = _uses(path)
    names = {name.partition(".")[0] for name in imports}
    return not (MACHINERY.isdisjoint(names) and FIXTURES.isdisjoint(arguments) and PLUGINS.isdisjoint(imports))


@cache
def _uses(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return the modules that a file imports, with its `pytest_plugins`, and the arguments of its functions."""
    imports: set[str] = set()
    arguments: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytest_plugins":
            imports |= set(ast.literal_eval(node.value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments |= {argument.arg for argument in node.args.args}
    return frozenset(imports), frozenset(arguments)
