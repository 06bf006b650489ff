"""Records the screens of a real agent CLI while a driver moves it through its states.

    python tools/record_screens.py claude --bin node_modules/.bin --size 80x24 --into screens.jsonl

The CLI runs in a tmux server of its own, against a model server on loopback that plays scenes (`fake_model.py`); its
command line is in `agent_clis.toml`. The label of a screen follows from the driver's steps and the server's requests,
never from the screen. Each line written has `id`, `agent`, `agent_version`, `label`, `acceptable`, `size`, `screen`,
`screen_ansi`, `frames` and `meta` (title, command, processes), as `understudy classify --jsonl` reads them.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from fake_model import FakeModel, Stage
from terminal import Terminal

from understudy.screens import PaneShot

_START_S: Final = 45.0
_TURN_S: Final = 20.0
_DIALOGS: Final = 4
_STILL: Final = 4
"""A screen that is the same so many times in a row has come to rest."""
_SLOW: Final = "touch {mark}; sleep 25"


@dataclass(frozen=True, slots=True)
class Cli:
    """The commands and keys of a CLI; see `agent_clis.toml`."""

    name: str
    run: str
    ready: str
    quit: str
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    setup: str = ""
    first: tuple[str, ...] = ()
    version: str = ""
    dialog: str = r"\A\Z"
    dialog_key: str = "Enter"
    stop: str = "Escape"
    stop_times: int = 1
    accept: str = "Enter"
    refuse: str = "Escape"
    needs_tools: bool = True


class Recording:
    """One CLI at one size, from its start to its end."""

    def __init__(self, cli: Cli, size: tuple[int, int], binaries: Path, out: IO[str], prefix: str) -> None:
        self.cli, self.size, self._out, self._prefix = cli, size, out, prefix
        self._kept: dict[str, int] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="rs-", dir="/var/tmp"))
        home, work = self._folder / "home", self._folder / "lighthouse"
        home.mkdir()
        work.mkdir()
        self._mark = self._folder / "mark"
        self._notes = work / "notes.txt"
        subprocess.run(["git", "init", "-q", str(work)], check=True)
        stage = Stage(_SLOW.format(mark=self._mark), str(work), needs_tools=cli.needs_tools)
        self.model = FakeModel(stage)
        self._names = {"url": self.model.url, "home": str(home), "work": str(work)}
        for path, text in cli.files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text.format(**self._names).strip() + "\n")
        env = {
            "HOME": str(home),
            "SHELL": "/bin/bash",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{binaries}:{os.environ['PATH']}",
            **{name: value.format(**self._names) for name, value in cli.env.items()},
        }
        self._env = env
        self.terminal = Terminal(self._folder, *size, env, work)
        if cli.setup:
            setup = shlex.split(cli.setup.format(**self._names))
            subprocess.run(setup, env=env, check=True, capture_output=True, cwd=work, timeout=_START_S)
        self.version = self._version()

    def _version(self) -> str:
        command = self.cli.version or f"{self.cli.run.split()[0]} --version"
        try:
            ran = subprocess.run(
                shlex.split(command), env=self._env, capture_output=True, text=True, timeout=30, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return "unknown"
        found = re.search(r"\d+\.\d+\.\d+", ran.stdout + ran.stderr)
        return found.group() if found else "unknown"

    def keep(self, name: str, label: str, *also: str, note: str = "") -> None:
        """Shoot the screen and write it to the file under a label."""
        self._write(self.terminal.shoot(), name, label, also, note)

    def keep_busy(self, name: str, note: str = "") -> None:
        """Do the same while a turn runs; write nothing where it ended before the last frame was shot."""
        stage = self.model.stage
        own_requests, running = stage.own_requests, stage.running
        shots = self.terminal.shoot()
        if running and stage.running and stage.own_requests == own_requests:
            self._write(shots, name, "busy", (), note)

    def _write(self, shots: Sequence[PaneShot], name: str, label: str, also: Sequence[str], note: str) -> None:
        last = shots[-1]
        self._kept[name] = self._kept.get(name, 0) + 1
        again = f"#{self._kept[name]}" if self._kept[name] > 1 else ""
        row = {
            "id": f"{self._prefix}-{self.size[0]}x{self.size[1]}-{name}{again}",
            "source": "recorded",
            "agent": self.cli.name,
            "agent_version": self.version,
            "label": label,
            "acceptable": list(also),
            "label_confidence": "high",
            "fidelity": "capture",
            "note": note,
            "size": list(self.size),
            "screen": last.text,
            "screen_ansi": last.ansi,
            "frames": [shot.text for shot in shots],
            "meta": {"pane_title": last.title, "pane_current_command": last.command, "processes": list(last.processes)},
        }
        self._out.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._out.flush()

    # --- moves --------------------------------------------------------------------------------------------------------

    def start(self, *, keep: bool) -> bool:
        """Start the CLI and wait for its composer; keep the screens before it."""
        command = self.cli.run.format(**self._names)
        self.terminal.type(command)
        self.terminal.press("Enter")
        begun = time.monotonic()
        kept = dialogs = 0
        while time.monotonic() < begun + _START_S:
            screen = self.terminal.screen().split(command, 1)[-1]
            if dialogs < _DIALOGS and re.search(self.cli.dialog, screen):
                if keep:
                    time.sleep(1.0)
                    self.keep(f"dialog_start{dialogs}", "waiting_approval", note="a dialog before the composer")
                dialogs += 1
                self.terminal.press(self.cli.dialog_key)
                if len(self.cli.dialog_key) == 1:
                    self.terminal.press("Enter")
                time.sleep(1.5)
            elif re.search(self.cli.ready, screen, re.MULTILINE):
                self._settle()
                if dialogs == _DIALOGS or not re.search(self.cli.dialog, self.terminal.screen()):
                    for key in self.cli.first:
                        self.terminal.press(key)
                    return True
            elif keep and time.monotonic() > begun + (0.3, 1.0, 2.5, 6.0, 99.0)[min(kept, 4)]:
                shots = self.terminal.shoot()
                text = shots[-1].text.split(command, 1)[-1]
                if not any(re.search(sign, text, re.MULTILINE) for sign in (self.cli.dialog, self.cli.ready)):
                    self._write(
                        shots, f"start{kept}", "starting", (), f"{time.monotonic() - begun:.1f} s after its start"
                    )
                kept += 1
            time.sleep(0.1)
        return False

    def ask(self, scene: str) -> None:
        """Type a scene's prompt and submit it."""
        self.terminal.type(f"please {scene}")
        time.sleep(0.6)
        self.terminal.press("Enter")

    def rest(self) -> bool:
        """Wait until nothing runs, and stop a running turn; return whether it came to rest."""
        for _ in range(3):
            if self._until(lambda: self.model.stage.running == 0, 3.0) and self._settle():
                return True
            self.terminal.press(self.cli.stop, self.cli.stop_times)
        return False

    def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _settle(self, seconds: float = 8.0) -> bool:
        until, before, still = time.monotonic() + seconds, "", 0
        while time.monotonic() < until:
            time.sleep(0.4)
            now = self.terminal.screen()
            still = still + 1 if now == before else 0
            if still == _STILL:
                return True
            before = now
        return True

    # --- recorded scenes ----------------------------------------------------------------------------------------------

    def drafts(self, when: str) -> None:
        """Record text that was not submitted."""
        for name, text in {"short": "fix the lamp", "long": "the lamp flickers when it rains, " * 3}.items():
            self.terminal.type(text)
            time.sleep(0.8)
            self.keep(f"draft_{name}_{when}", "unsubmitted_input")
            self.terminal.erase(len(text))
            time.sleep(0.5)
        self.terminal.paste("first the lamp\nthen the door\nthen the stairs")
        time.sleep(0.8)
        self.keep(f"draft_pasted_{when}", "unsubmitted_input")
        self.terminal.erase(60)
        time.sleep(0.8)
        screen = self.terminal.screen()
        if not any(text in screen for text in ("then the", "flickers", "fix the", "pasted", "Pasted")):
            self.keep(f"erased_{when}", "idle", note="a draft was typed and deleted")

    def answered(self, scene: str) -> None:
        """Record a turn that ends by itself."""
        asked = self.model.stage.asked
        self.ask(scene)
        if self._until(lambda: self.model.stage.asked > asked, _TURN_S) and self.rest():
            self.keep(f"idle_{scene}", "idle")

    def interrupted(self, scene: str) -> None:
        """Record a turn that runs, with a draft and a queued message, until it is stopped."""
        asked = self.model.stage.asked
        self.ask(scene)
        if not self._until(lambda: self.model.stage.asked > asked, _TURN_S):
            return
        for name, seconds in {"soon": 1.2, "later": 5.0}.items():
            time.sleep(seconds)
            self.keep_busy(f"busy_{scene}_{name}")
        self.terminal.type("and the door")
        time.sleep(0.6)
        self.keep_busy(f"busy_{scene}_typed", note="a draft stands in the composer while the turn runs")
        self.terminal.press("Enter")
        time.sleep(0.8)
        self.keep_busy(f"busy_{scene}_queued", note="a message waits for the end of the turn")
        self.terminal.press(self.cli.stop, self.cli.stop_times)
        time.sleep(1.0)
        if self.rest():
            self.terminal.erase(40)
            time.sleep(0.5)
            self.keep(f"idle_stopped_{scene}", "idle", note="a person stopped the turn")

    def approval(self, scene: str, *, grant: bool) -> None:
        """Record a call of a tool that a person must allow."""
        stage = self.model.stage
        done, called = stage.answered_calls, stage.called
        self._mark.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)
        self.ask(scene)
        if not self._until(lambda: stage.called > called, _TURN_S):
            self.rest()
            return
        self._until(lambda: stage.running == 0, _TURN_S)
        self._settle()
        if stage.answered_calls > done or self._notes.exists():
            self.rest()
            return
        self._decide(scene, grant=grant)
        if self._until(self._mark.exists, 5.0 if grant else 1.0):
            time.sleep(1.5)
            self.keep("busy_tool", "busy", note="the command runs")
            if not self._until(lambda: stage.answered_calls > done, 35.0):
                self.terminal.press(self.cli.stop, self.cli.stop_times)
        if self.rest() and (not grant or stage.answered_calls > done):
            self.keep(f"idle_{'granted' if grant else 'refused'}_{scene}", "idle")

    def _decide(self, scene: str, *, grant: bool) -> None:
        """Answer the dialogs about a call: there may be one about the folder before the one about the command."""
        for _ in range(_DIALOGS):
            if self._mark.exists():
                return
            self.keep(f"approval_{scene}" + ("" if grant else "_again"), "waiting_approval")
            self.terminal.press(self.cli.accept if grant else self.cli.refuse)
            if not grant or self._until(self._mark.exists, 4.0):
                return

    def failed(self, scene: str, label: str) -> None:
        """Record a turn that the server does not answer."""
        asked = self.model.stage.asked
        self.ask(scene)
        if not self._until(lambda: self.model.stage.asked > asked, _TURN_S):
            return
        time.sleep(1.5)
        self.keep(f"{scene}_soon", label, "busy", note="it may be trying again")
        time.sleep(10.0)
        self.keep(f"{scene}_later", label, "busy", note="it may have given up, or be trying still")
        self.terminal.press(self.cli.stop, self.cli.stop_times)
        self.rest()

    def left(self) -> None:
        """Record the CLI's end by its own command."""
        if self.cli.quit.startswith("C-"):
            self.terminal.press(self.cli.quit, 2)
        else:
            self.terminal.type(self.cli.quit)
            time.sleep(0.8)
            self.terminal.press("Enter")
        time.sleep(3.0)
        if "bash" in self.terminal.shoot()[-1].command:
            self.keep("crashed_quit", "crashed", note="it got its command to leave")
        else:
            self.terminal.kill_program()
            time.sleep(1.0)

    def killed(self) -> None:
        """Record the CLI's end by a signal while a turn runs."""
        self.ask("story")
        time.sleep(3.0)
        self.terminal.kill_program()
        time.sleep(1.0)
        self.keep("crashed_killed", "crashed", note="SIGKILL while a turn ran")

    def play(self) -> None:
        """Record everything, in order."""
        if not self.start(keep=True):
            sys.exit(f"record_screens: {self.cli.name} never got ready; it shows:\n{self.terminal.screen()}")
        self.keep("idle_fresh", "idle")
        self.drafts("fresh")
        self.answered("hello")
        self.drafts("after")
        self.interrupted("ponder")
        self.interrupted("story")
        self.answered("explain")
        self.approval("build", grant=True)
        self.approval("build", grant=False)
        self.approval("notes", grant=False)
        self.approval("colour", grant=False)
        self.failed("broken", "error")
        self.answered("hello")
        self.failed("refused", "error")
        self.failed("limited", "rate_limited")
        self.answered("hello")
        self.left()
        if self.start(keep=False):
            self.killed()

    def close(self) -> None:
        """End the server, the terminal and everything in them."""
        self.terminal.close()
        self.model.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Record one CLI at one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli", help="its name in agent_clis.toml")
    parser.add_argument("--bin", type=Path, required=True, help="the folder with its command")
    parser.add_argument("--size", default="80x24", help="columns x rows")
    parser.add_argument("--prefix", help="the prefix of ids (default: the CLI's name)")
    parser.add_argument("--into", type=Path, required=True, help="the file to append to")
    asked = parser.parse_args(arguments)
    known: dict[str, Any] = tomllib.loads((Path(__file__).parent / "agent_clis.toml").read_text(encoding="utf-8"))
    if asked.cli not in known:
        parser.error(f"no CLI is called {asked.cli!r}; agent_clis.toml knows {', '.join(sorted(known))}")
    width, height = (int(number) for number in asked.size.split("x"))
    with asked.into.open("a", encoding="utf-8") as out:
        cli = Cli(name=asked.cli, **known[asked.cli])
        recording = Recording(cli, (width, height), asked.bin.absolute(), out, asked.prefix or asked.cli)
        try:
            recording.play()
        finally:
            recording.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
