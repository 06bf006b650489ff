"""The report as one page for a browser. The page fetches nothing, and foreign text in it is only shown.

Every value that is put into a template goes through `_harmless`, and then through jinja's escaping; the policy in the
page's head allows no script and no style but the two whose hashes it names.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shadow.report import formatting
from shadow.report.commands import more
from shadow.report.inert import one_line
from shadow.report.outcomes import outcome_rows
from shadow.report.page import charts
from shadow.report.page.cards import groups
from shadow.report.page.matrix import matrix
from shadow.report.page.palette import Palette
from shadow.report.record import ShadowReport
from shadow.report.scene import ClusterScene
from understudy.verdicts import AgentState

_LONGEST: Final = 2000
"""Characters of any one value."""


def as_html(
    report: ShadowReport,
    scenes: Mapping[str, ClusterScene] | None = None,
    terms: Mapping[str, str] | None = None,
) -> str:
    """Write a report as one HTML page.

    Args:
        report: The report.
        scenes: The screens of clusters, by cluster id.
        terms: Term -> its definition, one line with code between backticks; shown at the foot of the page.
    """
    palette = Palette()
    cards = groups(report, scenes or {}, palette)
    style = _file("style.css") + palette.sheet()
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            groups=cards,
            style=Markup(style),  # noqa: S704 - our own file, and colours that `Palette` made of numbers
            script=Markup(_file("script.js")),  # noqa: S704 - our own file
            policy=_policy(style, _file("script.js")),
            tone=tone(report),
            balance=charts.shares(report.balance),
            over_time=charts.over_time(report.timeline, report.moves),
            cycle_times=charts.cycle_times(report.speeds),
            matrix=matrix(report.confusion),
            more=more(report.address),
            terms=terms or {},
            outcomes=outcome_rows(report.outcomes),
        )
    )


def tone(report: ShadowReport) -> str:
    """Return the mood of the page: `go`, `wait`, `stop`, or `none` if nothing was judged."""
    if report.ruling is None:
        return "none"
    if report.ruling.word in {"Rolled back", "Unsafe"}:
        return "stop"
    return "go" if report.ruling.word == "Ready" and report.ruling.state == "running" else "wait"


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _file(name: str) -> str:
    return files("shadow.report.page").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("shadow.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "words": formatting,
        "all_states": tuple(AgentState),
        "chart_width": charts.WIDTH,
        "chart_height": charts.HEIGHT,
    }
    return environment


def _harmless(value: object) -> object:
    """Return text from outside as one line without anything that hides or turns the reading direction."""
    if isinstance(value, Markup):
        return value
    return one_line(value, _LONGEST) if isinstance(value, str) else value
