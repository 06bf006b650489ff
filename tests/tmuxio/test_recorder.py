from __future__ import annotations

from typing import TYPE_CHECKING

from tmuxio.reading.reader import Reader
from tmuxio.server.transport import Answers, OneShot
from tmuxio.tapes.recorder import Recorder
from understudy.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from private_tmux import TmuxServer

    from tmuxio.server.address import ServerAddress


class Counting:
    def __init__(self, address: ServerAddress) -> None:
        self.carrier, self.trips = OneShot(address), 0

    def request(self, questions: Sequence[str], within_s: float) -> Answers:
        self.trips += 1
        return self.carrier.request(questions, within_s)


def test_four_frames_of_fifty_panes_are_one_round_trip_each(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    (tmux_server.folder / "windows").write_text("new-window -d 'exec sleep 600'\n" * 49)
    tmux_server.run("source-file", str(tmux_server.folder / "windows"))
    transport, clock = Counting(tmux_server.address), VirtualClock(1000.0)
    reader = Reader(tmux_server.address, transport=transport, clock=clock)
    reader.frame()
    before = transport.trips

    tape = Recorder(reader, clock).shoot()

    assert transport.trips - before == 4
    assert [len(frame.panes) for frame in tape.frames] == [50] * 4


def test_frames_start_a_gap_apart_and_the_tape_is_named_after_its_first_instant(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    clock = VirtualClock(1000.0)

    tape = Recorder(Reader(tmux_server.address, clock=clock), clock).shoot(frames=3, gap_s=0.3)

    assert [frame.at for frame in tape.frames] == [1000.0, 1000.3, 1000.6]
    assert tape.at == 1000.6
    assert tape.id == "19700101T001640000000Z"


def test_motion_between_frames_is_on_the_tape(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("i=0; while :; do i=$((i+1)); printf '\\r%s' $i; sleep 0.05; done")
    tmux_server.wait_for(pane, "2")
    clock = VirtualClock(0.0)

    class Waiting:
        now = staticmethod(clock.now)

        def sleep(self, seconds: float) -> None:
            clock.sleep(seconds)
            shown = tmux_server.screen(pane).strip()
            while tmux_server.screen(pane).strip() == shown:
                pass

    tape = Recorder(Reader(tmux_server.address), Waiting()).shoot(frames=4)

    assert len({frame.by_pane[pane].text for frame in tape.frames}) == 4


def test_a_tape_is_redacted_before_anybody_sees_it(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf '\\033]2;secret title\\007secret screen'; exec sleep 600")
    tmux_server.wait_for(pane, "screen")
    clock = VirtualClock(0.0)

    recorder = Recorder(
        Reader(tmux_server.address), clock, redact=lambda text, _width: text.replace("secret", "******")
    )
    shot = recorder.shoot(frames=1).frames[0].by_pane[pane]

    assert shot.title == "****** title"
    assert shot.text.startswith("****** screen")
