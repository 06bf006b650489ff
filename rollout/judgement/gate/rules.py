"""The rules of the gate, as `[tool.understudy.gate]` in a pyproject.toml has them."""

import tomllib
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, model_validator

from understudy.record import Record

Agents = Annotated[int, Field(gt=0)]
Bound = Annotated[float, Field(gt=0, allow_inf_nan=False)]

BUDGETS: Final = {"10": 0.5, "25": 1.0, "50": 2.0}
"""Seconds that a cycle may take with up to so many agents."""


class BadGate(ValueError):
    """Rules that cannot be used; a sentence a mistake, with its key."""


class _Rule(Record):
    of: str
    """The series that is judged."""
    agents: tuple[Agents, ...] = ()
    """At which numbers of agents; none: at those of the whole gate."""


class RatioRule(_Rule):
    """One series against another of the same run, round by round."""

    rule: Literal["ratio"]
    to: str
    """Its reference."""
    at_most: Bound
    """Times that of the other."""


class GrowthRule(_Rule):
    """The growth of a series with the number of agents."""

    rule: Literal["growth"]
    to: str | None = None
    """Its reference, so that a machine that is busier at one size than at another is no growth."""
    at_most: Bound
    """The exponent: 1 is twice the time, or with `to` twice the ratio, for twice the agents."""


class BudgetRule(_Rule):
    """The limit on a cycle's time."""

    rule: Literal["budget"]
    up_to: dict[str, Bound] = Field(default_factory=lambda: dict(BUDGETS))
    """Agents -> seconds."""
    beyond: Bound = 5.0
    """Seconds with more agents than any of these."""
    quantile: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """The share of the rounds that must keep to it."""

    @model_validator(mode="after")
    def _numbered(self) -> "BudgetRule":
        if any(not key.isdecimal() or int(key) == 0 for key in self.up_to):
            raise ValueError("up_to: its keys are numbers of agents, such as 10 = 0.5")
        return self

    def seconds(self, agents: int) -> float:
        """Return the limit at so many agents."""
        fitting = [(int(most), limit) for most, limit in self.up_to.items() if agents <= int(most)]
        return min(fitting)[1] if fitting else self.beyond


class RegressionRule(_Rule):
    """The ratio of two series against what it was when the baseline was stored."""

    rule: Literal["regression"]
    to: str
    at_most: Bound
    """Times the stored ratio."""


Rule = Annotated[RatioRule | GrowthRule | BudgetRule | RegressionRule, Field(discriminator="rule")]


class GateRules(Record):
    """The rules of a benchmark file."""

    group: str = "cycle"
    """The group of benchmarks that is judged."""
    agents: tuple[Agents, ...] = (10, 25, 50, 100)
    """The numbers of agents that must have been measured."""
    rounds: Annotated[int, Field(ge=2)] = 100
    """The fewest rounds of a series."""
    block: Annotated[int, Field(ge=1)] = 20
    """Rounds whose median is one observation: neighbouring rounds are disturbed together, and so no proof apart."""
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """The risk of failing a series that keeps to its bound."""
    beta: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """The risk of passing one that does not."""
    baseline: str | None = None
    """The stored ratios, relative to the file of these rules."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


def read_rules(text: str, source: str) -> GateRules:
    """Read the rules out of a pyproject.toml; raises `BadGate`."""
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise BadGate(f"{source} is no TOML ({error}): correct it") from error
    table = document.get("tool", {}).get("understudy", {}).get("gate")
    if table is None:
        raise BadGate(f"{source} has no rules: put them under [tool.understudy.gate], or name a file with --rules")
    try:
        return GateRules.model_validate(table)
    except ValidationError as error:
        raise BadGate("\n".join(f"{source}: {_sentence(dict(problem))}" for problem in error.errors())) from error


def _sentence(problem: dict[str, object]) -> str:
    where = problem["loc"]
    assert isinstance(where, tuple)
    key = ".".join(str(part) for part in ("tool", "understudy", "gate", *where))
    if problem["type"] == "extra_forbidden":
        return f"{key}: no such key: check the spelling, or take it out"
    return f"{key}: {problem['msg']}: change it"
