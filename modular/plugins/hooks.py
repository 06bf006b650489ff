"""The hooks that a plugin may implement, and what it must say of itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pluggy

from modular.intents.wording import NoticeFacts
from modular.strategies import Strategy

PROJECT: Final = "understudy"
API: Final = 1
"""The version of these hooks; a plugin for another is left out."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

_NAME: Final = re.compile(r"^[a-z][a-z0-9-]*$")
_VERSION: Final = re.compile(r"^\d+(?:\.\d+)*$")
_REQUIREMENT: Final = re.compile(r"^([a-z][a-z0-9-]*)(?:>=(\d+(?:\.\d+)*))?$")


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a plugin says of itself, in its module's `PLUGIN`. Raises `ValueError` with the remedy."""

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

    def needs(self) -> Iterable[tuple[str, str]]:
        """Name what it requires, and the least version of each ("" for any)."""
        for requirement in self.requires:
            if (found := _REQUIREMENT.match(requirement)) is not None:
                yield found[1], found[2] or ""


def is_older(version: str, least: str) -> bool:
    """Whether a version lies below another."""
    return [int(part) for part in version.split(".")] < [int(part) for part in least.split(".")]


class Hooks:
    """Everything that a plugin may offer; it implements what it likes, marked with `hookimpl`."""

    @hookspec
    def understudy_strategies(self) -> Iterable[Strategy]:  # type: ignore[empty-body]  # a specification
        """Offer strategies: who is looked at when. The setting `strategy` names the one in use."""

    @hookspec
    def understudy_rule_packs(self) -> Iterable[Path]:  # type: ignore[empty-body]  # a specification
        """Offer folders of rule files, laid over the shipped ones and under the operator's own."""

    @hookspec(firstresult=True)
    def understudy_notice_text(self, facts: NoticeFacts) -> str | None:
        """Word a notice to a manager otherwise, in one line; None passes it on to the next plugin, then to us."""
