"""The entries of `docs/glossary.md`, which the installed program carries along."""

import re
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import emit, paint, say
from rollout.judgement.enums import Guardrail

_IN_CHECKOUT: Final = Path(__file__).parents[3] / "docs" / "glossary.md"
_HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)


REPORT_TERMS: Final = (
    *("incumbent", "candidate", "state", "verdict", "stage", "exposure", "tape", "look", "frame", "intent", "action"),
    *("difference", "severity", "bout", "cluster", "open", "expected difference", "sign-off", "ceiling", "settled"),
    *("hindsight", "referee", "spell", "scored spell", "at_rest", "guardrail", *Guardrail, "stratum", "outcome"),
    *("e-value", "limit", "rollback pressure", "unsafe", "hold", "promotable", "rollback", "drift", "freeze"),
)
"""The terms that the report for a browser uses, in the order in which it explains them."""


def explain_term(term: str, *, as_json: bool) -> Exit:
    """Print the entry of a term; raise `Stop` with the nearest terms if there is none."""
    found, wanted = entries(), _plain(term)
    name = next((name for name in found if _plain(name) == wanted), None)
    if name is None:
        plain = {_plain(name): name for name in found}
        near = [plain[one] for one in get_close_matches(wanted, plain, n=3, cutoff=0.5)]
        hint = f"near are: {', '.join(near)}" if near else f"the terms are: {', '.join(found)}"
        raise Stop(Exit.USAGE, f"there is no entry `{term}` in the glossary; {hint}. A pane's id begins with %")
    if as_json:
        emit({"term": name, "text": found[name]})
        return Exit.OK
    say(paint(name, "bold"))
    say(found[name])
    return Exit.OK


@cache
def entries() -> dict[str, str]:
    """Read the glossary: term -> text, in the order of the page."""
    shipped = files("rollout.faces.cli") / "glossary.md"
    text = (_IN_CHECKOUT if _IN_CHECKOUT.is_file() else shipped).read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    return {name.strip(): body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def report_terms() -> dict[str, str]:
    """Return the definitions for the report: term -> text in one line, without the example."""
    found = entries()
    return {term: " ".join(found[term].partition("\nExample: ")[0].split()) for term in REPORT_TERMS}


def _plain(term: str) -> str:
    return re.sub(r"[\s_-]+", " ", term).strip().lower()
