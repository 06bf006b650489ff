"""The service on real eyes: a tape, a process of its own, and a real tmux server."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING

from drawn_fleet import IDLE, OURS, SIGN, manager, pane

from modular.service import MonitorService
from tmuxio.reading.reader import Reader
from tmuxio.sources import ServerSource, TapeClock, TapeSource
from understudy import Frame, SystemClock, Tape
from understudy.outcomes import EVERYTHING
from understudy.serve import OpenedSource, serve
from understudy.tapes import pack
from understudy.wire import CycleRequest, OnTape, Reply

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from understudy.wire import Live

CODEX = SIGN.replace("\u276f", "\u203a")


def streaming(step: int) -> str:
    """Codex, writing an answer without any status line."""
    return f"{CODEX} go\n\n• First the beans{' and' * step}\n\n{CODEX} \n\n  gpt-9-codex medium · ~/p\n"


def tape(*screens: str, start: float = 1_000_000.0) -> Tape:
    worker = {"processes": ("bash", "node", "codex")}
    return Tape(
        id="t",
        frames=tuple(
            Frame(at=start + 0.3 * index, panes=(pane("%1", screen, **worker), manager()))
            for index, screen in enumerate(screens)
        ),
    )


def watch(service: MonitorService, seen: Tape) -> str:
    report = service.cycle("c", TapeSource(seen), TapeClock(seen), EVERYTHING, ())
    return report.verdicts["%1"].why.rule


def test_motion_on_a_tape_is_evidence_where_one_frame_has_none() -> None:
    assert watch(MonitorService(), tape(*(streaming(step) for step in range(4)))) == "codex.busy.moving"
    assert watch(MonitorService(), tape(*([streaming(3)] * 4))) == "codex.composer.empty"


def test_what_moved_and_then_stood_still_is_no_longer_busy() -> None:
    service = MonitorService()
    watch(service, tape(*(streaming(step) for step in range(4))))
    assert watch(service, tape(*([streaming(3)] * 4), start=1_000_010.0)) == "codex.composer.empty"


def test_served_as_a_process_each_request_carries_the_memory_of_the_one_before() -> None:
    replies, memory = [], None
    for number in range(2):
        shown = Tape(id="t", frames=(Frame(at=1_000_000.0 + 10 * number, panes=(pane("%1", OURS), manager())),))
        request = CycleRequest(id=number, cycle=f"c{number}", sight=OnTape(tape=pack(shown)), memory=memory)
        answer = BytesIO()
        serve(MonitorService(), open_tape, BytesIO(request.model_dump_json(by_alias=True).encode()), answer)
        reply = Reply.model_validate_json(answer.getvalue())
        replies.append(reply)
        memory = reply.memory
    assert [[intent.kind for intent in reply.report.intents] for reply in replies if reply.report] == [
        [],
        ["submit_draft"],
    ]


def open_tape(sight: OnTape | Live) -> OpenedSource:
    from understudy.tapes import unpack

    assert isinstance(sight, OnTape)
    shown = unpack(sight.tape)
    return OpenedSource(TapeSource(shown), TapeClock(shown))


def test_on_a_real_server_an_actor_is_read_and_its_exit_to_a_shell_is_a_crash(tmux_server: TmuxServer) -> None:
    screen = tmux_server.folder / "screen"
    screen.write_text(IDLE)
    actor = f"{sys.executable} -c \"print(open('{screen}').read(), end='', flush=True); input()\""
    worker = tmux_server.new_window(f"{actor}; exec sh -i", session="team", name="claude-worker")
    chief = tmux_server.new_window(actor, session="team", name="Claude-pm")
    for name in (worker, chief):
        tmux_server.wait_for(name, "for shortcuts")
    service, clock = MonitorService(), SystemClock()
    source = ServerSource(Reader(tmux_server.address), clock)

    report = service.cycle("1", source, clock, EVERYTHING, ())
    assert {report.verdicts[name].state.value for name in (worker, chief)} == {"idle"}
    assert [(intent.kind, intent.pane, intent.target) for intent in report.intents] == [
        ("notify_manager", worker, chief)
    ]

    tmux_server.run("send-keys", "-t", worker, "Enter")
    tmux_server.wait_for(worker, "$")
    report = service.cycle("2", source, clock, EVERYTHING, ())
    assert report.verdicts[worker].state == "crashed"
    assert report.verdicts[chief].state == "idle"
