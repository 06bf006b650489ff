"""`understudy gate`: judge a benchmark file by rules, as a gate for a change."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, paint, say, table
from rollout.faces.cli.verb import verb
from rollout.judgement.gate import (
    GateFinding,
    GateRules,
    GateVerdict,
    judge,
    ratios,
    read_measured,
    read_ratios,
    read_rules,
)

_FORMATS = ("text", "md")
_COLOURS = {
    GateVerdict.PASSED: "green",
    GateVerdict.FAILED: "red",
    GateVerdict.UNDECIDED: "yellow",
    GateVerdict.MISSING: "red",
}


@verb(
    "gate",
    "gate bench.json",
    "gate bench.json --baseline ratios.json --format md >> $GITHUB_STEP_SUMMARY",
    "gate bench.json --json > ratios.json   # for comparison with a later run",
)
def gate(
    bench: Annotated[Path, typer.Argument(help="The output of pytest --benchmark-json.")],
    *,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Stored ratios, or the benchmark file of another run.")
    ] = None,
    rules: Annotated[Path, typer.Option(metavar="FILE", help="The file with [tool.understudy.gate].")] = Path(
        "pyproject.toml"
    ),
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or md.")] = "text",
    as_json: Json = False,
) -> Exit:
    """Judge a benchmark file by rules, as a gate for a change.

    Exits with 3 if a rule is broken, if its subject was not measured, or if there were too few rounds.
    """
    if form not in _FORMATS:
        raise Stop(Exit.USAGE, f"--format {form}: name one of {', '.join(_FORMATS)}")
    gate_rules = read_rules(rules.read_text(encoding="utf-8"), str(rules))
    measured = read_measured(bench.read_text(encoding="utf-8"), gate_rules.group, str(bench))
    stored = baseline or _named(rules, gate_rules)
    then = read_ratios(stored.read_text(encoding="utf-8"), gate_rules.group, str(stored)) if stored else None
    findings = judge(measured, gate_rules, then)
    passed = all(finding.passed for finding in findings)
    if as_json:
        rows = [asdict(finding) for finding in findings]
        emit({"passed": passed, "findings": rows, "ratios": ratios(measured, gate_rules)})
    elif form == "md":
        _say_markdown(findings, gate_rules, passed=passed)
    else:
        _say_text(findings)
    return Exit.OK if passed else Exit.DIFFERENT


def _named(rules: Path, gate_rules: GateRules) -> Path | None:
    """The stored ratios that the rules name; before they are stored, a rule about them does not pass."""
    path = rules.parent / gate_rules.baseline if gate_rules.baseline else None
    return path if path is not None and path.exists() else None


def _say_text(findings: tuple[GateFinding, ...]) -> None:
    rows = [
        (
            paint(finding.verdict, _COLOURS[finding.verdict]),
            finding.rule,
            finding.subject,
            *_numbers(finding),
            finding.says,
        )
        for finding in findings
    ]
    table(rows, header=("", "rule", "of", "is", "at most", "because"))
    say(_headline(findings))


def _say_markdown(findings: tuple[GateFinding, ...], rules: GateRules, *, passed: bool) -> None:
    say(f"### Cycle time: {'passed' if passed else 'not passed'}")
    say()
    say("| | rule | of | is | at most | because |")
    say("|---|---|---|---:|---:|---|")
    for finding in findings:
        figure, bound = _numbers(finding)
        mark = f"**{finding.verdict}**" if not finding.passed else finding.verdict
        say(f"| {mark} | {finding.rule} | {finding.subject} | {figure} | {bound} | {finding.says} |")
    say()
    say(f"{_headline(findings)} Blocks of {rules.block} rounds, at least {rules.rounds} rounds a series.")


def _headline(findings: tuple[GateFinding, ...]) -> str:
    short = sum(not finding.passed for finding in findings)
    return f"All {len(findings)} rules are kept." if not short else f"{short} of {len(findings)} rules are not kept."


def _numbers(finding: GateFinding) -> tuple[str, str]:
    return (
        _number(finding.figure, finding.unit) if finding.figure is not None else "-",
        _number(finding.bound, finding.unit),
    )


def _number(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit == "exponent" else f"{value:.3g} {unit}"
