"""A file of rules: what may stand in it, and what is wrong with one that cannot be used."""

import re
import tomllib
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from contract import AgentState, IdleDetail
from contract.record import Record

ANY: Final = "any"
"""The file whose rules apply to every CLI, after the CLI's own."""

UNKNOWN: Final = "unknown"
"""The file for a CLI that no other file knows; also its name in every verdict."""

SHELL: Final = "shell"
"""The file for a bare shell: a name for what stands in a pane where no CLI was ever seen."""

DRAFT_PRIORITY: Final = 300
"""Rules above this outrank a draft in the composer."""
EMPTY_PRIORITY: Final = 200
"""Rules above this outrank an empty composer, which otherwise means idle."""

RegionName = Literal["screen", "bottom", "above", "turn", "footer", "dialog", "composer", "after_rule", "title"]
Shape = Literal["fenced", "prompt", "bar"]


class BadRules(ValueError):
    """A file of rules that cannot be used: names the file, the place and what is wrong with it."""


def _pattern(text: str) -> str:
    try:
        re.compile(text, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
Literals = tuple[Annotated[str, Field(min_length=1)], ...]


class Rule(Record):
    """If this is seen there, the agent is in this state."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    """Stable name, such as `claude.approval.menu`; begins with the name of its file's CLI."""
    state: AgentState
    detail: IdleDetail | None = None
    region: RegionName
    """Where on the screen to look (see `modular.screen.Screen.region`)."""
    lines: int | None = Field(default=None, ge=1, le=60)
    """Only so many of the region's last non-blank lines; None for all of them."""
    needs: Literals = ()
    """At least one of these literals must occur before any pattern is tried: this is for speed."""
    any: tuple[Pattern, ...] = ()
    """At least one of these is found."""
    all: tuple[Pattern, ...] = ()
    """Each of these is found."""
    none: tuple[Pattern, ...] = ()
    """None of these is found."""
    composer: Literal["absent", "present"] | None = None
    """Besides, the screen has a composer, or has none."""
    motion: Literal["moving", "still"] | None = None
    """Besides, the region moved or stood still from frame to frame; one frame alone never satisfies it."""
    priority: int = Field(default=500, ge=1, le=1000)
    """The rule with the highest priority that holds decides, of two as high the CLI's own before that for every CLI."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.any and not self.all:
            raise ValueError("a rule needs a pattern in `any` or in `all`")
        if self.detail is not None and self.state is not AgentState.IDLE:
            raise ValueError("only an idle state has a detail")
        return self


class ComposerShape(Record):
    """How the place looks in which a person types."""

    shape: Shape
    """`fenced`: rows between two fence rows; `prompt`: rows from the last prompt on; `bar`: rows along a bar."""
    prompt: Pattern | None = None
    """What stands before the text in its first row; None where nothing does."""
    fence: Pattern | None = None
    """`fenced` and `bar`: the row below the text; for `fenced` also the row above, unless `top` says otherwise."""
    top: Pattern | None = None
    strip: Pattern | None = None
    """What to take off every row: borders."""
    footer: Pattern | None = None
    """`prompt`: rows that may stand below the text without being part of it."""
    placeholders: tuple[Pattern, ...] = ()
    """Texts that the CLI itself writes into an empty composer."""
    inside: bool = False
    """`fenced`: the fences hold a whole conversation, at whose very end the prompt stands."""
    refuses: tuple[Pattern, ...] = ()
    """Text that shows that this is something else, such as a dialog in the same frame."""
    empty_hint: Pattern | None = None
    """Shown below the composer only while it is empty; asked where the colours are not known."""
    below: int = Field(default=4, ge=0, le=30)
    """So many non-blank rows may stand below it at most."""
    rows: int = Field(default=12, ge=1, le=40)
    """So many rows may be typed text at most."""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.shape != "prompt" and self.fence is None:
            raise ValueError(f"a {self.shape} composer needs a `fence`")
        if self.shape == "prompt" and self.prompt is None:
            raise ValueError("a prompt composer needs a `prompt`")
        return self


class RuleFile(Record):
    """One file of rules."""

    agent: str = Field(pattern=r"^[a-z0-9_]+$")
    processes: Literals = ()
    """Command names under which the CLI runs, where it has one of its own."""
    titles: tuple[Pattern, ...] = ()
    """Pane titles that only this CLI sets."""
    marks: tuple[Pattern, ...] = ()
    """What only this CLI draws; one is enough."""
    hints: tuple[Pattern, ...] = ()
    """What it draws, but others may as well: they decide where no mark does."""
    echo: Pattern | None = None
    """How it repeats what a person asked: the turn begins below the last of these."""
    composer: tuple[ComposerShape, ...] = ()
    """The first that is found counts."""
    rule: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _ids_are_its_own(self) -> Self:
        seen: set[str] = set()
        for rule in self.rule:
            if not rule.id.startswith(f"{self.agent}."):
                raise ValueError(f"rule {rule.id}: its id must begin with {self.agent!r} and a dot")
            if rule.id in seen:
                raise ValueError(f"rule {rule.id} is there twice")
            seen.add(rule.id)
        return self


def parse(name: str, text: str) -> RuleFile:
    """Read one file of rules; raises `BadRules` with the file, the place and what is wrong."""
    try:
        return RuleFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{name} is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadRules(f"{name}, {place}: {first['msg']}") from None
