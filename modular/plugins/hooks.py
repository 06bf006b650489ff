"""The hooks that a plugin may implement, and its description of itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pluggy
from packaging.requirements import Requirement

from modular.intents.wording import NoticeFacts
from modular.strategies import Strategy

PROJECT: Final = "understudy"
API: Final = 1
"""The version of these hooks; a plugin for another is left out."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

_NAME: Final = re.compile(r"^[a-z][a-z0-9-]*$")
_VERSION: Final = re.compile(r"^\d+(?:\.\d+)*$")
_REQUIREMENT: Final = re.compile(r"^[a-z][a-z0-9-]*(?:>=\d+(?:\.\d+)*)?$")
"""Of what `packaging` reads, the part that a person can mend by installing something newer."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """The description of a plugin, in its module's `PLUGIN`. Raises `ValueError` with the remedy."""

    name: str
    """Lower-case letters, digits and dashes."""
    version: str
    """Numbers with dots between them."""
    summary: str = ""
    """One sentence for `understudy doctor`."""
    requires: tuple[str, ...] = ()
    """Other plugins that it needs: `their-name`, or `their-name>=1.2`."""
    api: int = API

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise ValueError(f"its name {self.name!r} is none: write lower-case letters, digits and dashes")
        if not _VERSION.match(self.version):
            raise ValueError(f"its version {self.version!r} is none: write numbers with dots between them")
        for requirement in self.requires:
            if not _REQUIREMENT.match(requirement):
                raise ValueError(f"it requires {requirement!r}, which names nothing: write `name` or `name>=1.2`")

    def needs(self) -> tuple[Requirement, ...]:
        """Return the plugins that it requires, each with its least version."""
        return tuple(map(Requirement, self.requires))


class Hooks:
    """Everything that a plugin may offer; it implements any of these, marked with `hookimpl`."""

    @hookspec
    def understudy_strategies(self) -> Iterable[Strategy]:  # type: ignore[empty-body]  # a specification
        """Offer strategies, which choose the agents of each look. The setting `strategy` names the one in use."""

    @hookspec
    def understudy_rule_packs(self) -> Iterable[Path]:  # type: ignore[empty-body]  # a specification
        """Offer folders of rule files, laid over the shipped ones and under the operator's own."""

    @hookspec(firstresult=True)
    def understudy_notice_text(self, facts: NoticeFacts) -> str | None:
        """Return another text for a notice to a manager, in one line; None passes it on to the next plugin."""
