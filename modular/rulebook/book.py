"""The rules of all CLIs, their patterns compiled once and put into the order in which they are tried."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from modular.rulebook.composer_shapes import CompiledComposer, compiled_composer, shape_need
from modular.rulebook.faults import BadRules, RuleFault
from modular.rulebook.file import (
    ANY,
    DRAFT_PRIORITY,
    EMPTY_PRIORITY,
    UNKNOWN,
    Rule,
    RuleFile,
    parse,
)
from modular.rulebook.patterns import compiled, compiled_one
from modular.rulebook.sieve import Need, Sieve


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be tried."""

    rule: Rule
    any: tuple[re.Pattern[str], ...]
    all: tuple[re.Pattern[str], ...]
    none: tuple[re.Pattern[str], ...]


class Looks(NamedTuple):
    """The rules of the screens of one CLI; everything in the order in which it is tried."""

    composers: tuple[CompiledComposer, ...]
    over_draft: tuple[CompiledRule, ...]
    """The rules that outrank a draft in the composer; highest priority first, as the others."""
    over_empty: tuple[CompiledRule, ...]
    """Those that outrank only an empty composer."""
    rest: tuple[CompiledRule, ...]
    """Those that are tried where there is no composer."""


@dataclass(frozen=True, slots=True)
class AgentRules:
    """Everything known about the screens of one CLI, its own rules first, those of every CLI after them."""

    agent: str
    processes: frozenset[str]
    titles: tuple[re.Pattern[str], ...]
    marks: tuple[re.Pattern[str], ...]
    hints: tuple[re.Pattern[str], ...]
    echo: re.Pattern[str] | None
    looks: Looks
    """All rules that are known."""
    sieve: Sieve[Looks]
    """Selects the rules that may hold on a screen."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All files together."""

    agents: Mapping[str, AgentRules]
    by_process: Mapping[str, str]
    """Command name -> CLI."""
    commands: frozenset[str]
    """Every command that starts one."""
    marked: Sieve[tuple[AgentRules, ...]]
    """Selects the rules of the CLIs whose marks or hints may be on a screen, in the order of `agents`."""

    def of(self, agent: str) -> AgentRules:
        """Return the rules for this CLI; for an unknown one those that apply to every CLI."""
        return self.agents.get(agent) or self.agents[ANY]


def compile_book(files: Iterable[RuleFile]) -> RuleBook:
    """Put files together; raises `BadRules` where two claim the same CLI or command, or `any` is missing."""
    by_agent: dict[str, RuleFile] = {}
    by_process: dict[str, str] = {}
    for file in files:
        name = f"{file.agent}.toml"
        if file.agent in by_agent:
            raise BadRules(RuleFault(name, None, f"two files of rules are for {file.agent!r}", "keep one"))
        by_agent[file.agent] = file
        for process in file.processes:
            if (other := by_process.setdefault(process, file.agent)) != file.agent:
                says = f"{file.agent} and {other} both claim the command {process!r}"
                raise BadRules(RuleFault(name, None, says, "let one have it"))
    if ANY not in by_agent:
        raise BadRules(RuleFault(f"{ANY}.toml", None, "the rules for every CLI are missing", "add the file"))
    by_agent = {name: _descended(file, by_agent) for name, file in by_agent.items()}
    common = by_agent[ANY]
    agents = {name: _compile(file, common, by_agent.get(UNKNOWN)) for name, file in by_agent.items()}
    every = tuple(agents.values())
    marks = [[(*rules.marks, *rules.hints)] for rules in every]
    marked = Sieve(marks, lambda places: tuple(every[place] for place in sorted(places)))
    return RuleBook(agents, by_process, frozenset(by_process), marked)


@cache
def shipped() -> RuleBook:
    """The rules that ship with the engine."""
    return compile_book(shipped_files())


@cache
def shipped_files() -> tuple[RuleFile, ...]:
    """Their files, by name."""
    folder = resources.files("modular.rules")
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    return tuple(parse(entry.name, entry.read_text(encoding="utf-8")) for entry in entries)


def without_ancestor(file: RuleFile, by_agent: Mapping[str, RuleFile]) -> str | None:
    """Return the fault in a file's `like`, the CLI that its own is like; None where there is none."""
    if file.like is None:
        return None
    if (ancestor := by_agent.get(file.like)) is None:
        return f"no file of rules is for {file.like!r}, which {file.agent} is to be like"
    return f"{file.like} is itself like {ancestor.like}: only one step is taken" if ancestor.like is not None else None


def _descended(file: RuleFile, by_agent: Mapping[str, RuleFile]) -> RuleFile:
    """Add the ancestor's rules to a descendant; only its own processes and marks identify the descendant."""
    if (says := without_ancestor(file, by_agent)) is not None:
        raise BadRules(RuleFault(f"{file.agent}.toml", None, says, "name another"))
    if file.like is None:
        return file
    ancestor = by_agent[file.like]
    looks = {
        "echo": file.echo or ancestor.echo,
        "placeholders": (*file.placeholders, *ancestor.placeholders),
        "refuses": (*file.refuses, *ancestor.refuses),
    }
    both = {"composer": (*file.composer, *ancestor.composer), "rule": (*file.rule, *ancestor.rule)}
    return file.model_copy(update={**looks, **both})


def _compile(file: RuleFile, common: RuleFile, unknown: RuleFile | None) -> AgentRules:
    known = [*file.rule, *(common.rule if file is not common else ())]
    known.sort(key=lambda rule: -rule.priority)
    rules = list(map(_compiled_rule, known))
    drawn = [(shape, file.agent) for shape in file.composer]
    if drawn and unknown is not None and file is not unknown:  # a CLI may have changed its looks
        drawn += [(shape, UNKNOWN) for shape in unknown.composer if shape.shared]
    placeholders = compiled(dict.fromkeys((*file.placeholders, *common.placeholders)))
    refuses = compiled(dict.fromkeys((*file.refuses, *common.refuses)))
    shapes = [compiled_composer(shape, owner, placeholders, refuses) for shape, owner in drawn]
    every: list[CompiledRule | CompiledComposer] = [*rules, *shapes]
    needs = [*map(_need, rules), *map(shape_need, shapes)]
    return AgentRules(
        agent=file.agent,
        processes=frozenset(file.processes),
        titles=compiled(file.titles),
        marks=compiled(file.marks),
        hints=compiled(file.hints),
        echo=compiled_one(file.echo or common.echo),
        looks=_looks(every),
        sieve=Sieve(needs, lambda places: _looks([every[place] for place in sorted(places)])),
    )


def _looks(some: Sequence[CompiledRule | CompiledComposer]) -> Looks:
    rules = [one for one in some if isinstance(one, CompiledRule)]
    return Looks(
        composers=tuple(one for one in some if isinstance(one, CompiledComposer)),
        over_draft=tuple(rule for rule in rules if rule.rule.priority > DRAFT_PRIORITY),
        over_empty=tuple(rule for rule in rules if EMPTY_PRIORITY < rule.rule.priority <= DRAFT_PRIORITY),
        rest=tuple(rule for rule in rules if rule.rule.priority <= EMPTY_PRIORITY),
    )


def _compiled_rule(rule: Rule) -> CompiledRule:
    return CompiledRule(rule, compiled(rule.any), compiled(rule.all), compiled(rule.none))


def _need(rule: CompiledRule) -> Need:
    if rule.rule.region in {"title", "composer"}:  # all others are runs of the screen's rows
        return []
    return [group for group in (rule.any, *((pattern,) for pattern in rule.all)) if group]
