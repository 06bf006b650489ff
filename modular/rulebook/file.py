"""A file of rules: its keys, and the faults of one that cannot be used."""

import re
import tomllib
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from modular.rulebook.faults import BadRules, Keys, faults_of, toml_fault, wrong
from understudy import AgentState, IdleDetail
from understudy.record import Record
from understudy.verdicts import UNKNOWN_AGENT

ANY: Final = "any"
"""The file whose rules apply to every CLI, after the CLI's own."""

UNKNOWN: Final = UNKNOWN_AGENT
"""The file for a CLI that no other file knows; also its name in every verdict."""

SHELL: Final = "shell"
"""The file for a bare shell: the name for a pane in which no CLI was ever seen."""

DRAFT_PRIORITY: Final = 300
"""Rules above this outrank a draft in the composer."""
EMPTY_PRIORITY: Final = 200
"""Rules above this outrank an empty composer, which otherwise means idle."""

RegionName = Literal["screen", "bottom", "above", "turn", "footer", "dialog", "composer", "after_rule", "title"]
Shape = Literal["fenced", "prompt", "bar"]


def _pattern(text: str) -> str:
    try:
        re.compile(text, re.MULTILINE)
    except re.error as error:
        mend = "correct the pattern; between '...' a backslash stands for itself"
        raise wrong(f"{text!r} is no regular expression ({error})", mend) from None
    return text


def _telling(text: str) -> str:
    if re.search(text, "", re.MULTILINE):
        raise wrong(f"{text!r} matches even an empty line", "add the text that must be seen there")
    return text


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
Telling = Annotated[Pattern, AfterValidator(_telling)]
"""A pattern that does not match an empty line: a rule that always holds has no meaning."""
Literals = tuple[Annotated[str, Field(min_length=1)], ...]


class Rule(Record):
    """If this is seen there, the agent is in this state."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    """Stable name, such as `claude.approval.menu`; begins with the name of its file's CLI."""
    state: AgentState
    detail: IdleDetail | None = None
    region: RegionName
    """The region of the screen to search (see `modular.reading.screen.Screen.region`)."""
    lines: int | None = Field(default=None, ge=1, le=60)
    """The number of the region's last non-blank lines to search; None for all of them."""
    needs: Literals = ()
    """At least one of these literals must occur before any pattern is tried: this is for speed."""
    any: tuple[Telling, ...] = ()
    """At least one of these is found."""
    all: tuple[Telling, ...] = ()
    """Each of these is found."""
    none: tuple[Pattern, ...] = ()
    """None of these is found."""
    composer: Literal["absent", "present"] | None = None
    """Besides, the screen has a composer, or has none."""
    motion: Literal["moving", "still"] | None = None
    """Besides, the region moved or stood still from frame to frame; one frame alone never satisfies it."""
    quotable: bool = False
    """An answer may quote the text: rows inside an answer do not count."""
    priority: int = Field(default=500, ge=1, le=1000)
    """The rule with the highest priority that holds decides; of two equal ones, the CLI's own before a common one."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.any and not self.all:
            raise wrong("a rule needs a pattern in `any` or in `all`", "add one, such as any = ['^thinking']")
        if self.detail is not None and self.state is not AgentState.IDLE:
            raise wrong("only an idle state has a detail", "remove `detail`", ("detail",))
        return self


class ComposerShape(Record):
    """The shape of the place in which a person types."""

    shape: Shape
    """`fenced`: rows between two fence rows; `prompt`: rows from the last prompt on; `bar`: rows along a bar."""
    prompt: Pattern | None = None
    """The text before the typed text in its first row; None where there is none."""
    fence: Pattern | None = None
    """`fenced` and `bar`: the row below the text; for `fenced` also the row above, unless `top` is given."""
    top: Pattern | None = None
    strip: Pattern | None = None
    """The text to take off every row: borders."""
    footer: Pattern | None = None
    """`prompt`: rows that may stand below the text without being part of it."""
    placeholders: tuple[Pattern, ...] = ()
    """Texts that the CLI itself writes into an empty composer."""
    inside: bool = False
    """`fenced`: the fences hold a whole conversation, with the prompt at its very end."""
    refuses: tuple[Pattern, ...] = ()
    """Text that shows that this is no composer, such as a dialog in the same frame."""
    over: Pattern | None = None
    """`prompt`: rows right above the text that belong to its frame."""
    empty_hint: Pattern | None = None
    """Text below the composer only while it is empty; used where the colours are not known."""
    shared: bool = True
    """Only in `unknown`: also tried for CLIs with a file of their own, which may have changed their looks."""
    below: int = Field(default=4, ge=0, le=30)
    """The number of non-blank rows below it at most."""
    rows: int = Field(default=12, ge=1, le=40)
    """The number of rows of typed text at most."""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.shape != "prompt" and self.fence is None:
            raise wrong(f"a {self.shape} composer needs a `fence`", "add the pattern of the row below the text")
        if self.shape == "prompt" and self.prompt is None:
            raise wrong("a prompt composer needs a `prompt`", "add the pattern of the text before the typed text")
        return self


class RuleFile(Record):
    """One file of rules."""

    agent: str = Field(pattern=r"^[a-z0-9_]+$")
    """The CLI's name: lower-case letters, digits and underscores."""
    like: str | None = None
    """The CLI that it is a descendant of: its composers and rules hold too, after this file's own."""
    alone: bool = False
    """True if this file replaces all rules of the CLI from lower layers."""
    without: Literals = ()
    """Ids of rules of lower layers that are dropped."""
    processes: Literals = ()
    """Command names under which the CLI runs, where it has one of its own."""
    titles: tuple[Pattern, ...] = ()
    """Pane titles that only this CLI sets."""
    marks: tuple[Pattern, ...] = ()
    """The marks that only this CLI draws; one is enough."""
    hints: tuple[Pattern, ...] = ()
    """The marks that it draws, but others may as well: they decide where no mark does."""
    placeholders: tuple[Telling, ...] = ()
    """Texts that the CLI itself writes into any of its composers while it is empty; those of `any` hold for all."""
    refuses: tuple[Telling, ...] = ()
    """Text in the frame of any of its composers, or in that frame's upper border, that shows that the frame holds a
    dialog instead; those of `any` hold for all."""
    echo: Pattern | None = None
    """The rows in which it repeats a person's request: the turn begins below the last of these."""
    composer: tuple[ComposerShape, ...] = ()
    """The first that is found counts."""
    rule: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _ids_are_its_own(self) -> Self:
        seen: set[str] = set()
        for number, rule in enumerate(self.rule):
            place = ("rule", number, "id")
            if not rule.id.startswith(f"{self.agent}."):
                mend = f"call it {self.agent}.{rule.id.partition('.')[2]}"
                raise wrong(f"the id of rule {rule.id} must begin with {self.agent!r} and a dot", mend, place)
            if rule.id in seen:
                raise wrong(f"rule {rule.id} is there twice", "give each an id of its own", place)
            seen.add(rule.id)
        return self


_KEYS: Final[Keys] = {
    "": RuleFile.model_fields,
    "rule": Rule.model_fields,
    "composer": ComposerShape.model_fields,
}


def parse(name: str, text: str) -> RuleFile:
    """Read one file of rules; raises `BadRules` with every fault, its line and its remedy."""
    try:
        return RuleFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadRules(toml_fault(name, text, str(error))) from None
    except ValidationError as error:
        raise BadRules(*faults_of(name, text, error, _KEYS)) from None


def laid_over(below: RuleFile | None, file: RuleFile) -> RuleFile:
    """Add a file to the rules of its CLI: its own come first, and a rule of the same id is replaced."""
    if below is None or file.alone:
        return file
    dropped = {rule.id for rule in file.rule}.union(file.without)
    kept = tuple(rule for rule in below.rule if rule.id not in dropped)
    return file.model_copy(
        update={
            "processes": _together(file.processes, below.processes),
            "titles": _together(file.titles, below.titles),
            "marks": _together(file.marks, below.marks),
            "hints": _together(file.hints, below.hints),
            "placeholders": _together(file.placeholders, below.placeholders),
            "refuses": _together(file.refuses, below.refuses),
            "like": file.like or below.like,
            "echo": file.echo or below.echo,
            "composer": (*file.composer, *below.composer),
            "rule": (*file.rule, *kept),
        }
    )


def _together(first: Literals, then: Literals) -> Literals:
    return tuple(dict.fromkeys((*first, *then)))
