"""`understudy replay`: replay tapes with any two monitors, and show the differences."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from rollout.faces.cli.clusters import bouts_of, signoffs_of
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Candidate, Incumbent, Json
from rollout.faces.cli.output import note
from rollout.faces.cli.progress import Bar
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.replay_judge import ReplayJudge
from rollout.faces.cli.replay_output import ReplayOptions, tell_replay
from rollout.faces.cli.replay_show import shown_cluster
from rollout.faces.cli.rule_age import rules_changed_at
from rollout.faces.cli.tape_choice import TapeChoice, chosen
from rollout.faces.cli.verb import verb
from rollout.judgement.enums import Stage
from rollout.judgement.plan import STAGES
from rollout.judgement.plan_file import find_plan
from rollout.loop.hosting.host import HostLimits, MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.loop.replaying import Player, ReplayedTape, warm_up
from rollout.loop.replaying import replay as replay_tapes
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import Settings, load, surroundings
from shadow.differences import Difference, Severity
from shadow.expected import shipped
from shadow.replayed import ReplayTally, nobody_knows, truths
from shadow.signoffs import NOBODY_SAID
from tmuxio.tapes.tapefile import StoredPackedTape, read_packed

_TWO: Final = 2


@verb(
    "replay",
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
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Replay tapes with any two monitors and show where they differ.

    Shows which monitor was right if the panes' next states prove it, and the differences that are new or gone since the
    live cycles. The same tapes give the same output, except for the seconds.
    """
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
        as_json=as_json,
    )
    return _replayed(asked, server)


def _replayed(asked: ReplayOptions, server: ServerSelection) -> Exit:
    """Replay the tapes and print the differences; DIFFERENT if one is as grave as `fail_on` and not expected."""
    worst, judge = _severity(asked.fail_on), _judge(asked)
    settings = load({"incumbent": asked.incumbent, "candidate": asked.candidate}).settings
    names = _pair(asked, settings)
    before = _baseline(asked.baseline) if asked.baseline else None
    with ExitStack() as stack:
        found = stack.enter_context(open_server_data(server))
        picked = chosen(asked.tapes, asked.since, found.folder.tapes, time.time())
        register = found.register if asked.since else shipped()
        tally = ReplayTally(register, truths(bouts_of(found)) if asked.since else nobody_knows)
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-replay-")))
        players = [
            stack.enter_context(_host(name, settings, logs / f"{number}.log")) for number, name in enumerate(names)
        ]
        began, seen, live = time.monotonic(), list[tuple[str, Difference]](), _Live()
        bar = stack.enter_context(Bar("tapes", len(picked.tapes)))
        for watched in _watched(picked, Player(players[0]), Player(players[1])):
            differences = tally.count(watched.tape, *watched.reports, comparable=watched.comparable)
            if judge is not None:
                judge.enter(watched.tape, *watched.reports)
            seen += [(watched.tape.id, one) for one in differences]
            live.note(watched)
            bar.step()
        who = [f"{host.hello().monitor} {host.hello().version}" for host in players]
        result, took = tally.result(live.clusters if before is None else before), time.monotonic() - began
        judged = None
        if judge is not None:
            signoffs = signoffs_of(found) if asked.since else NOBODY_SAID
            judged = judge.result(tally.bouts, register, signoffs, rules_changed=_changed(names[1], settings))
        shown = shown_cluster(asked.show, tally.bouts, picked.tapes) if asked.show is not None else None
    tell_replay(asked, who, result, seen, took, judged, shown)
    return Exit.DIFFERENT if worst is not None and result.worst(worst) else Exit.OK


class _Live:
    """Return the differences of the live cycles, as far as their tapes tell."""

    def __init__(self) -> None:
        self._names: set[str] | None = None

    def note(self, watched: ReplayedTape) -> None:
        found = watched.meta.get("differences")
        if isinstance(found, list):
            names = {one.get("cluster") for one in found if isinstance(one, dict)}
            self._names = (self._names or set()) | {name for name in names if isinstance(name, str)}

    @property
    def clusters(self) -> set[str] | None:
        return self._names


def _watched(picked: TapeChoice, incumbent: Player, candidate: Player) -> Iterator[ReplayedTape]:
    warm_up(_read(picked.before, strict=False), incumbent, candidate)
    yield from replay_tapes(_read(picked.tapes, strict=picked.named), incumbent, candidate)


def _read(paths: Sequence[Path], *, strict: bool) -> Iterator[StoredPackedTape]:
    for path in paths:
        try:
            yield read_packed(path)
        except (ValueError, OSError) as error:
            if strict:
                raise
            note(f"left out: {error}")  # one of a tape store that was taken away meanwhile, or damaged


def _host(name: str, settings: Settings, log: Path) -> MonitorHost:
    target, own = _named(name, settings)
    limits = HostLimits(deadline_s=settings.deadline_s)
    return MonitorHost(monitor_spec(target), log, limits=limits, surroundings=surroundings(own))


def _changed(name: str, settings: Settings) -> float | None:
    """The instant of the last change of the rules of a monitor, as it was named; None where that is not known."""
    return rules_changed_at(*_named(name, settings))


def _named(name: str, settings: Settings) -> tuple[str, Settings]:
    """A monitor as it was named: `NAME`, `module:Class` (with `@FOLDER` behind it for its rule files) or `cmd:...`."""
    target, at, rules = name.rpartition("@")
    if not at or name.startswith("cmd:"):
        target, rules = name, ""
    if rules and not Path(rules).is_dir():
        raise Stop(Exit.USAGE, f"--monitor {name}: there is no folder of rule files at {rules}")
    own = settings.model_copy(update={"rules": Path(rules).absolute()}) if rules else settings
    return target, own


def _pair(asked: ReplayOptions, settings: Settings) -> tuple[str, str]:
    if not asked.monitors:
        return settings.incumbent, settings.candidate
    if len(asked.monitors) != _TWO or asked.incumbent or asked.candidate:
        raise Stop(Exit.USAGE, "name two monitors: --monitor A --monitor B, the incumbent first")
    return asked.monitors[0], asked.monitors[1]


def _baseline(path: Path) -> set[str]:
    try:
        document = json.loads(path.read_text("utf-8"))
        return {str(row["id"]) for row in document["clusters"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Stop(
            Exit.USAGE, f"{path} is no baseline: write one with `understudy replay ... --json > FILE`"
        ) from error


def _judge(asked: ReplayOptions) -> ReplayJudge | None:
    if not asked.judge:
        if asked.plan is not None or asked.minimums or asked.held_out is not None or asked.show is not None:
            raise Stop(Exit.USAGE, "--plan, --stage, --minimums, --held-out and --show need --judge")
        return None
    stages = [str(stage) for stage in STAGES]
    if asked.stage not in stages:
        raise Stop(Exit.USAGE, f"--stage {asked.stage}: name the stage to leave, one of {', '.join(stages)}")
    if asked.held_out is not None and not 0 < asked.held_out < 1:
        raise Stop(
            Exit.USAGE, f"--held-out {asked.held_out:g}: give a share of the leases between 0 and 1, such as 0.3"
        )
    plan = find_plan(asked.plan or "default")
    return ReplayJudge(plan, Stage(asked.stage), minimums=asked.minimums, held_out=asked.held_out)


def _severity(text: str | None) -> Severity | None:
    if text is None:
        return None
    if text not in set(Severity):
        raise Stop(Exit.USAGE, f"--fail-on {text}: name one of {', '.join(Severity)}")
    return Severity(text)
