"""The supervisor: a process of its own that opens the demo's stage, reopens windows, and strikes it in the end.

It lives as long as its standard input is open. However the demo ends, the kernel closes that, so that no server, no
actor and no folder outlives a demo that was killed.
"""

import contextlib
import json
import select
import signal
import sys
from pathlib import Path
from typing import Final

from rollout.faces.demo.demo_server import DemoServer, DemoServerFailed
from rollout.faces.demo.fleet import FleetWindow

TEND_S: Final = 0.4
"""How often it looks for windows that are missing."""
READY: Final = "ready"
"""What it says once the stage stands; anything else is why it does not."""


def main(folder: str) -> int:
    """Keep the stage in this folder; the first line of the input names the seats."""
    for end in (signal.SIGINT, signal.SIGHUP):  # a Ctrl-C is the demo's to answer, a closed terminal ends the demo
        signal.signal(end, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    windows = [
        FleetWindow(**{**fields, "parts": tuple(fields["parts"])}) for fields in json.loads(sys.stdin.readline())
    ]
    stage = DemoServer(Path(folder), windows)
    try:
        stage.tend()
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        while not select.select([sys.stdin], [], [], TEND_S)[0]:
            with contextlib.suppress(DemoServerFailed):  # one slow answer of tmux is no reason to end
                stage.tend()
    except DemoServerFailed as failure:
        sys.stdout.write(f"{failure}\n")
        return 1
    finally:
        stage.strike()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
