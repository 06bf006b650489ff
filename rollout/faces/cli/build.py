"""The verbs for authors of monitors: record, replay, classify, backtest, bench, gate."""

from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Candidate, Incumbent, Json, SocketName, SocketPath


@verb("Build", "record -o tapes", "record --tapes 20 --every 3 -o tapes -S /tmp/s")
def record(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write them to.")] = Path(
        "tapes"
    ),
    tapes: Annotated[int, typer.Option(min=1, metavar="N", help="Number of tapes.")] = 1,
    every: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between the starts of two tapes.")] = 5.0,
    frames: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Frames per tape.")] = 4,
    gap: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two frames.")] = 0.3,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Record tapes of a tmux server.

    Secrets are blanked before anything is written; no key is sent.
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
    "replay tapes --monitor legacy --monitor modular@my-rules --judge --held-out 0.3",
    "replay tapes --monitor legacy --monitor modular --judge --show d-3fa9c1",
)
def replay(
    tapes: Annotated[list[Path] | None, typer.Argument(help="Tapes, oldest first, or a folder of tapes.")] = None,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="SPAN", help="The tapes that runs kept in the last 24h, 30min, 7d.")
    ] = None,
    monitor: Annotated[
        list[str] | None,
        typer.Option(metavar="MONITOR", help="Give it twice, the incumbent first; NAME@DIR reads rule files in DIR."),
    ] = None,
    incumbent: Incumbent = None,
    candidate: Candidate = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The --json output of an earlier replay.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Exit with 3 if an action, state or detail differs.")
    ] = None,
    seconds: Annotated[
        bool, typer.Option("--seconds/--no-seconds", help="Print the time it took; --no-seconds for stable output.")
    ] = True,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Judge the candidate's spells by a plan: when promotable or unsafe, and why."),
    ] = False,
    plan: Annotated[
        str | None, typer.Option(metavar="PLAN", help="With --judge: default, demo, or a TOML file.")
    ] = None,
    stage: Annotated[str, typer.Option(metavar="STAGE", help="With --judge: the stage to leave.")] = "shadow",
    minimums: Annotated[
        bool, typer.Option("--minimums", help="With --judge: also require the plan's hours, panes, sessions and CLIs.")
    ] = False,
    held_out: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="With --judge: judge this share of the leases alone, chosen by a hash."),
    ] = None,
    show: Annotated[
        str | None, typer.Option(metavar="CLUSTER", help="With --judge: show one cluster with its screen.")
    ] = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Replay tapes with any two monitors and show where they differ.

    Shows which monitor was right if the panes' next states prove it, and the differences that are new or gone since the
    live cycles. The same tapes give the same output, except for the seconds.
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
        held_out=held_out,
        show=show,
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
    """Read screens from standard input and print the state of each."""
    from rollout.faces.cli.verbs.classify import classify as work  # noqa: PLC0415

    raise typer.Exit(work(monitor))


@verb(
    "Build",
    "backtest --stream bouts.jsonl --stage canary",
    "backtest --stream - --json < bouts.jsonl",
    "backtest --stream bouts.jsonl --looks   # line by line",
    "backtest                                # judge the moves in the ledger again",
)
def backtest(
    *,
    stream: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="JSON Lines of guardrail and event; - is standard input; default: the ledger."
        ),
    ] = None,
    looks: Annotated[
        bool, typer.Option("--looks", help="Show the result after every line, not only the last.")
    ] = False,
    stage: Annotated[str, typer.Option(metavar="STAGE", help="The stage to judge as.")] = "canary",
    plan: Annotated[str, typer.Option(metavar="PLAN", help="default, demo, or a TOML file.")] = "default",
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Judge a recorded stream of evidence: the verdicts, and when they were reached.

    Without a stream every promotion and rollback is judged again from the ledger alone; the result must be the same.
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
    cycles: Annotated[int, typer.Option(min=1, metavar="N", help="Number of timed cycles.")] = 20,
    interval: Annotated[float, typer.Option(min=0.0, metavar="S", help="Seconds between two cycles.")] = 0.5,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Measure the time of a monitor's cycles on a live server, and tmux's own cost.

    It only reads: no key is sent, and nothing is written.
    """
    from rollout.faces.cli.verbs.bench import bench as work  # noqa: PLC0415

    raise typer.Exit(work(monitor, cycles, interval, socket_name, socket_path, as_json=json))


@verb(
    "Build",
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
    socket_name: SocketName = None,  # noqa: ARG001 - as in replay
    socket_path: SocketPath = None,  # noqa: ARG001
    json: Json = False,
) -> None:
    """Judge a benchmark file by rules, as a gate for a change.

    Exits with 3 if a rule is broken, if its subject was not measured, or if there were too few rounds.
    """
    from rollout.faces.cli.verbs.gate import gate as work  # noqa: PLC0415

    raise typer.Exit(work(bench, baseline, rules, form, as_json=json))
