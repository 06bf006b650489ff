"""The files for contributors: they parse, name what exists, and fetch nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = "understudy|tmuxio|legacy|modular|shadow|rollout"
YAML = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob(".github/**/*.yml"), ROOT / ".pre-commit-config.yaml")
)
FORMS = [name for name in YAML if "ISSUE_TEMPLATE" in name and not name.endswith("config.yml")]
PAGES = ["CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", ".github/pull_request_template.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def parsed(name: str) -> Any:
    return yaml.safe_load(read(name))


def quoted(page: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", read(page))


def resolves(dotted: str) -> bool:
    """Tell whether a dotted name is a module or a package, or a name that one defines."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    parent, _, name = dotted.rpartition(".")
    module = ROOT.joinpath(*parent.split(".")).with_suffix(".py")
    return module.exists() and name in defined(module)


def defined(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("name", YAML)
def test_a_yaml_file_parses(name: str) -> None:
    assert isinstance(parsed(name), dict)


@pytest.mark.parametrize("name", FORMS)
def test_an_issue_form_has_what_a_form_needs(name: str) -> None:
    form = parsed(name)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert {"name", "description", "body"} <= form.keys()
    assert all(part["attributes"]["label"] for part in fields)
    assert len({part["id"] for part in fields}) == len(fields)


def test_the_misread_screen_form_offers_every_state() -> None:
    (options,) = [
        part["attributes"]["options"]
        for part in parsed(".github/ISSUE_TEMPLATE/misread-screen.yml")["body"]
        if part.get("id") == "right"
    ]
    states = re.findall(
        r'^    [A-Z_]+ = "(\w+)"$', read("understudy/verdicts.py").split("class IdleDetail")[0], re.MULTILINE
    )
    assert set(options) >= set(states) - {"unknown"}


def test_every_hook_is_local_and_its_tool_is_installed() -> None:
    repos = parsed(".pre-commit-config.yaml")["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    tools = [hook["entry"].split()[0] for repo in repos for hook in repo["hooks"]]
    assert [tool for tool in tools if not (ROOT / tool).exists()] == []


def test_the_hosted_workflow_runs_the_whole_check_and_says_that_it_was_not_run() -> None:
    steps = parsed(".github/workflows/ci.yml")["jobs"]["all"]["steps"]
    assert ".ci/run" in [step.get("run") for step in steps]
    assert "HAS NOT BEEN RUN" in read(".github/workflows/ci.yml")


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^ {4}|`)(?:[A-Z]+=\S+ )?make ([a-z]+)", read(page), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("page", [*PAGES, "docs/architecture.md"])
def test_every_path_that_a_page_names_exists(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(page)) if not link.startswith("http")]
    paths = [text for text in quoted(page) if re.fullmatch(rf"(?:{PACKAGES}|tests|docs|scripts|tools)/[\w/.*-]*", text)]
    missing = [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]
    assert missing + [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_dotted_name_in_the_architecture_resolves() -> None:
    names = [text for text in quoted("docs/architecture.md") if re.fullmatch(rf"(?:{PACKAGES})(?:\.\w+)+", text)]
    assert names
    assert [name for name in names if not resolves(name)] == []


def test_the_architecture_names_modules_of_every_package() -> None:
    named = {text.partition("/")[0] for text in quoted("docs/architecture.md") if text.endswith(".py")}
    assert named == set(PACKAGES.split("|"))


@pytest.mark.parametrize("name", ["shadow.compare", "shadow.compare.compare", "rollout.loop"])
def test_a_name_that_exists_resolves(name: str) -> None:
    assert resolves(name)


@pytest.mark.parametrize("name", ["shadow.nothing", "shadow.compare.nothing", "rollout.nothing.at.all"])
def test_a_name_that_does_not_exist_does_not_resolve(name: str) -> None:
    assert not resolves(name)
