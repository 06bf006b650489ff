"""Build the runtime of a run, and close it again."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rollout.judgement.enums import Stage
from rollout.judgement.plan import Plan
from rollout.loop.acting.composer_reading import read_composer
from rollout.loop.acting.delivery_worker import DeliveryWorker
from rollout.loop.acting.episode import Rules
from rollout.loop.acting.guard import FrameJudge
from rollout.loop.hosting.host import HostLimits, MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.loop.kept_memories import KeptMemories
from rollout.loop.loop_state import LoopState
from rollout.loop.memory_redaction import MemoryRedaction
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observer
from rollout.loop.operator_input import WATCH_ONLY
from rollout.loop.routing.router import Router
from rollout.loop.runtime import Runtime
from rollout.loop.shadowing import ShadowComparer
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.loop.standing_orders import drop_early_rollback
from rollout.loop.tape_retention import Retention
from rollout.loop.tape_store import TapeStore
from rollout.store.flags.choosing import FlagsChoice
from rollout.store.ledger import Ledger, check_pages
from rollout.store.orders import OrderKind, order_in_force
from rollout.store.server_lock import watch_alone
from rollout.store.settings import surroundings
from rollout.store.state_folder import StateFolder
from shadow.expected import with_own
from tmuxio.acting.actuator import Actuator
from tmuxio.processes.running import ProcessTrees
from tmuxio.processes.versions import ProcessVersions
from tmuxio.reading.reader import Reader
from tmuxio.redaction import redactor
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError
from tmuxio.server.identity import identify
from tmuxio.server.sweep import sweep
from tmuxio.tapes.recorder import Recorder
from understudy.clock import SystemClock

_CHECK_S: Final = 3.0
"""For so long the pages of a ledger are looked through before a run goes on with it; a few hundred MB."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The parts of a run. Durations in seconds."""

    address: ServerAddress
    state: StateFolder
    incumbent: str
    candidate: str
    plan: Plan
    act: bool = False
    deadline_s: float = 30.0
    surroundings: Mapping[str, str] = field(default_factory=surroundings)
    """The variables in the environment of every monitor's process; by default nothing of one's own, as in the demo."""
    spawn_command: str | None = None
    flags: FlagsChoice = field(default_factory=FlagsChoice)
    """The source of the flags."""
    slots_from: float = 0.0
    """From when lease slots are counted, in seconds since the epoch."""
    gap_s: float = 0.3
    """Between two frames of a tape."""
    retention: Retention = field(default_factory=Retention)
    """Of tapes."""
    ledger_days: float = 30.0
    """So long what the ledger holds of single cycles is kept."""
    redaction: Path | None = None
    """Rules of one's own for what is blanked."""


@contextmanager
def open_runtime(blueprint: Blueprint) -> Iterator[Runtime]:
    """Build everything, alone on this tmux server, and end it all again, monitors' processes first.

    Raises `AlreadyRunning`, `LedgerUnusable`, `BadFlags` (of initial flags), `BadRedaction`, `BadRegister` and
    `UnknownMonitor`.
    """
    specs = {
        MonitorRole.INCUMBENT: monitor_spec(blueprint.incumbent),
        MonitorRole.CANDIDATE: monitor_spec(blueprint.candidate),
    }
    clock, plan, redact = SystemClock(), blueprint.plan, redactor(blueprint.redaction)
    with ExitStack() as ends:
        alone = watch_alone(blueprint.address.socket_path)
        ends.callback(alone.release)
        sweep(blueprint.address)
        folder = blueprint.state.prepare(blueprint.address.socket_path)
        if folder.ledger.exists():
            check_pages(folder.ledger, _CHECK_S)
        ledger = Ledger(folder.ledger)
        ends.callback(ledger.close)
        flags = blueprint.flags.open(folder)
        controller = StageController(ledger, flags, plan)
        if not by_ledger(ledger).last_hash:
            drop_early_rollback(folder.path)
        status_now = controller.wake(clock.now())
        loop_state = LoopState.load(ledger)
        loop_state.retired = status_now.stage is Stage.RETIRED
        with ledger.transaction() as tx:
            tx.keep_document("plan", plan.model_dump_json())
            tx.keep_document(f"plan {plan.fingerprint}", plan.model_dump_json())  # what was judged by stays readable
        register = with_own(folder.expected)
        tapes = TapeStore(folder.tapes, blueprint.retention, clock.now)
        ends.callback(tapes.close)
        redact_memory = {
            part: MemoryRedaction(redact, blueprint.redaction, folder.logs / "redaction.log") for part in MonitorRole
        }
        kept_memories = KeptMemories(redact_memory)
        ends.callback(kept_memories.close)
        for one in redact_memory.values():
            ends.callback(one.close)
        hosts = {
            part: ends.enter_context(
                MonitorHost(
                    spec,
                    folder.logs / f"{part}.log",
                    limits=HostLimits(deadline_s=blueprint.deadline_s),
                    surroundings=blueprint.surroundings,
                    redact=redact,
                )
            )
            for part, spec in specs.items()
        }
        for part, host in hosts.items():
            if part is MonitorRole.CANDIDATE or not loop_state.retired:
                host.exists()
        processes = ProcessTrees()
        reader = Reader(blueprint.address, clock=clock, processes=processes)
        recorder = Recorder(reader, clock, redact)
        observer = Observer(hosts, recorder, reader, clock, gap_s=blueprint.gap_s, deadline_s=blueprint.deadline_s)
        order_folders = (folder.path, blueprint.state.root)
        delivery = _delivery(blueprint, ledger, loop_state, hosts, clock, order_folders)
        ends.callback(delivery.close)
        delivery.recover()
        yield Runtime(
            ledger=ledger,
            loop_state=loop_state,
            controller=controller,
            router=Router(flags, lease_s=plan.lease_s, slots_from=blueprint.slots_from),
            reader=reader,
            hosts=hosts,
            observer=observer,
            shadowing=ShadowComparer(observer, plan, register, ProcessVersions(processes.below)),
            delivery=delivery,
            tapes=tapes,
            register=register,
            kept_memories=kept_memories,
            clock=clock,
            plan=plan,
            rules=Rules(windows=plan.windows, single_key=plan.single_key),
            act=blueprint.act,
            can_spawn=blueprint.spawn_command is not None,
            ledger_days=blueprint.ledger_days,
            order_folders=order_folders,
            tmux_pid=_tmux_pid(blueprint.address),
        )


def _tmux_pid(address: ServerAddress) -> int | None:
    try:
        return identify(address).pid
    except TmuxError:  # the first cycle reports it
        return None


def _delivery(
    blueprint: Blueprint,
    ledger: Ledger,
    loop_state: LoopState,
    hosts: dict[MonitorRole, MonitorHost],
    clock: SystemClock,
    order_folders: tuple[Path, ...],
) -> DeliveryWorker:
    def frozen() -> str:
        order = order_in_force(OrderKind.FREEZE, *order_folders)
        if order is not None:
            return f"it is frozen ({order.reason or 'no reason given'})"
        return "" if blueprint.act else WATCH_ONLY  # what an acting run left behind is not done by a watching one

    judge = FrameJudge(
        {str(part): host for part, host in hosts.items()},
        memory=lambda role: loop_state.memories.get(MonitorRole(role)),
        frozen=frozen,
        off=lambda: frozenset({str(MonitorRole.INCUMBENT)} if loop_state.retired else ()),
    )
    actuator = Actuator(blueprint.address, judge.for_briefing(), clock, composer=read_composer)
    spawn_command = blueprint.spawn_command
    return DeliveryWorker(
        ledger, actuator, judge, clock, frozen=frozen, spawn_command=spawn_command, composer=read_composer
    )
