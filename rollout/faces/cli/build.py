"""The verbs for who builds a monitor: record, replay, classify, backtest, bench, gate."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Candidate, Incumbent, Json, SocketName, SocketPath


@verb("Build", "record -o tapes", "record --tapes 20 --every 3 -o tapes -S /tmp/s")
def record(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to keep them in.")] = Path(
        "tapes"
    ),
    tapes: Annotated[int, typer.Option(min=1, metavar="N", help="How many.")] = 1,
    every: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two starts.")] = 5.0,
    frames: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Frames a tape.")] = 4,
    gap: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two frames.")] = 0.3,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Shoot tapes of a tmux server and keep them.

    Secrets are blanked before anything is kept; nothing is pressed.
    """
    from rollout.faces.cli.verbs.record import Shooting  # noqa: PLC0415
    from rollout.faces.cli.verbs.record import record as work  # noqa: PLC0415

    shooting = Shooting(folder=output, tapes=tapes, every_s=every, frames=frames, gap_s=gap)
    raise typer.Exit(work(shooting, socket_name, socket_path, as_json=json))


@verb(
    "Build",
    "replay tapes --candidate mine.monitor:Mine --fail-on state",
    "replay --since 24h --monitor modular --monitor modular@my-rules",
    "replay --since 24h --json --no-seconds > baseline.json",
    "replay tapes --monitor legacy --monitor 'cmd:./mine --flag' --baseline baseline.json",
    "replay --since 7d --monitor legacy --monitor mine:Mine --judge --stage shadow",
)
def replay(
    tapes: Annotated[list[Path] | None, typer.Argument(help="Kept tapes, oldest first, or a folder of them.")] = None,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="SPAN", help="What the last run kept of so long (24h, 30min, 7d).")
    ] = None,
    monitor: Annotated[
        list[str] | None,
        typer.Option(metavar="MONITOR", help="Twice, the trusted one first; NAME@DIR uses the rule files in DIR."),
    ] = None,
    incumbent: Incumbent = None,
    candidate: Candidate = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What counts as known: an earlier replay's --json.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="End with 3 on an action, state or detail that differs.")
    ] = None,
    seconds: Annotated[
        bool, typer.Option("--seconds/--no-seconds", help="Say how long it took; without, the same tapes say the same.")
    ] = True,
    judge: Annotated[
        bool, typer.Option("--judge", help="Judge the candidate's spells by a plan: promotable when, unsafe when, why.")
    ] = False,
    plan: Annotated[
        str | None, typer.Option(metavar="PLAN", help="With --judge: default, demo, or a TOML file.")
    ] = None,
    stage: Annotated[str, typer.Option(metavar="STAGE", help="With --judge: the stage to be left.")] = "shadow",
    minimums: Annotated[
        bool, typer.Option("--minimums", help="With --judge: the plan's hours, panes, sessions and CLIs count as well.")
    ] = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Watch kept tapes again with any two monitors; say where they differ.

    Who was right is said where what the panes did next tells, and what is new or has vanished next to what the live
    cycles recorded. The same tapes give the same output but for the seconds.
    """
    from rollout.faces.cli.verbs.replay import ReplayOptions, replay_tapes  # noqa: PLC0415

    asked = ReplayOptions(
        tapes=tapes or (),
        since=since,
        monitors=monitor or (),
        incumbent=incumbent,
        candidate=candidate,
        baseline=baseline,
        fail_on=fail_on,
        seconds=seconds,
        judge=judge,
        plan=plan,
        stage=stage,
        minimums=minimums,
        as_json=json,
    )
    raise typer.Exit(replay_tapes(asked, socket_name, socket_path))


@verb("Build", "classify --jsonl < screens.jsonl", "classify --jsonl --monitor legacy < screens.jsonl")
def classify(
    *,
    jsonl: Annotated[  # noqa: ARG001 - the one form there is; named, so that others may join it
        bool, typer.Option("--jsonl", help="JSON Lines in and out (the default).")
    ] = True,
    monitor: Annotated[str, typer.Option(metavar="MONITOR", help="legacy or modular.")] = "modular",
    socket_name: SocketName = None,  # noqa: ARG001 - as in replay
    socket_path: SocketPath = None,  # noqa: ARG001
) -> None:
    """Read screens from standard input and say the state of each."""
    from rollout.faces.cli.verbs.classify import classify as work  # noqa: PLC0415

    raise typer.Exit(work(monitor))


@verb(
    "Build",
    "backtest --stream bouts.jsonl --stage canary",
    "backtest --stream - --json < bouts.jsonl",
    "backtest --stream bouts.jsonl --looks   # line by line",
    "backtest                                # judge again what the ledger kept",
)
def backtest(
    *,
    stream: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON Lines of guardrail and event; - is standard input; none: the ledger."),
    ] = None,
    looks: Annotated[bool, typer.Option("--looks", help="Show every look, not only the last.")] = False,
    stage: Annotated[str, typer.Option(metavar="STAGE", help="The stage to judge as.")] = "canary",
    plan: Annotated[str, typer.Option(metavar="PLAN", help="default, demo, or a TOML file.")] = "default",
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Judge a kept stream of evidence: what, and when.

    Without a stream every move that rests on evidence is judged again from the ledger alone: it must come out the same.
    """
    from rollout.faces.cli.verbs.backtest import backtest as work  # noqa: PLC0415
    from rollout.faces.cli.verbs.backtest import of_ledger  # noqa: PLC0415

    if stream is None:
        raise typer.Exit(of_ledger(socket_name, socket_path, as_json=json))
    raise typer.Exit(work(stream, stage, plan, looks=looks, as_json=json))


@verb("Build", "bench -S /tmp/s", "bench --monitor legacy --cycles 3 --json")
def bench(
    *,
    monitor: Annotated[str, typer.Option(metavar="MONITOR", help="A name, or module:Class.")] = "modular",
    cycles: Annotated[int, typer.Option(min=1, metavar="N", help="How many cycles are timed.")] = 20,
    interval: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two cycles.")] = 0.5,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Time a monitor's cycles on a live server, and tmux's own cost.

    It only looks; nothing is pressed, and nothing is kept.
    """
    from rollout.faces.cli.verbs.bench import bench as work  # noqa: PLC0415

    raise typer.Exit(work(monitor, cycles, interval, socket_name, socket_path, as_json=json))


@verb(
    "Build",
    "gate bench.json",
    "gate bench.json --baseline ratios.json --format md >> $GITHUB_STEP_SUMMARY",
    "gate bench.json --json > ratios.json   # what a later run is held against",
)
def gate(
    bench: Annotated[Path, typer.Argument(help="What pytest --benchmark-json wrote.")],
    *,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Stored ratios, or the benchmark file of another run.")
    ] = None,
    rules: Annotated[Path, typer.Option(metavar="FILE", help="Where [tool.understudy.gate] stands.")] = Path(
        "pyproject.toml"
    ),
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or md.")] = "text",
    socket_name: SocketName = None,  # noqa: ARG001 - as in replay
    socket_path: SocketPath = None,  # noqa: ARG001
    json: Json = False,
) -> None:
    """Judge a benchmark file by rules: may this change go in?

    Ends with 3 where a rule is not kept, where what it is about was not measured, and where too few rounds were.
    """
    from rollout.faces.cli.verbs.gate import gate as work  # noqa: PLC0415

    raise typer.Exit(work(bench, baseline, rules, form, as_json=json))
