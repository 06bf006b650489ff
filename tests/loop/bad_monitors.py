# ruff: noqa: ANN201, ANN003, ANN001, C901, PLR0912, PLR0915, T201
"""Programs that speak the wire contract, each in a way of its own: `python bad_monitors.py HOW [FILE]`.

`FILE` lets a program behave differently the second time it is started, or tell what it saw.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HOW = sys.argv[1]
FILE = Path(sys.argv[2]) if len(sys.argv) > 2 else None


def say(**reply):
    sys.stdout.write(json.dumps({"schema": 1} | reply) + "\n")
    sys.stdout.flush()


def good(request):
    report = {"schema": 1, "cycle": request["cycle"], "monitor": "bad", "version": "1"}
    say(id=request["id"], report=report, memory=(request["memory"] or 0) + 1)


def empty(request):
    return {"schema": 1, "cycle": request["cycle"], "monitor": "bad", "version": "1"}


def verdict_of(pane):
    names = {"session": "s", "window": "w", "window_index": 0, "role": "worker", "agent": "claude"}
    return names | {"pane": pane, "pid": 1, "state": "idle", "since": 0.0, "why": {"rule": "r"}}


def cry(number):
    return {
        "kind": "escalate",
        "pane": f"%{number}",
        "pid": 1,
        "target": None,
        "session": "s",
        "reason": "r",
        "at": 0.0,
        "text": "help",
    }


def misbehave(request):
    number = request["id"]
    match HOW:
        case "good":
            good(request)
        case "hangs":
            if FILE:
                FILE.touch()
            time.sleep(3600)
        case "hangs_with_child":
            child = subprocess.Popen(["sleep", "3600"])
            FILE.write_text(str(child.pid))
            time.sleep(3600)
        case "spins_deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                pass
        case "floods_line":
            while True:
                os.write(1, b"x" * 65536)
        case "floods_late_replies":
            while True:
                os.write(1, b'{"schema":1,"id":0}\n' * 4096)
        case "dies":
            print("Traceback: it was the disk", file=sys.stderr, flush=True)
            os._exit(3)
        case "dies_by_signal":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "dies_once":
            if not FILE.exists():
                FILE.touch()
                os._exit(1)
            good(request)
        case "rubbish":
            print("Watching 12 agents...", flush=True)
        case "list":
            print("[1, 2]", flush=True)
        case "half_a_line":
            sys.stdout.write('{"schema": 1, "id": ')
            sys.stdout.flush()
            os._exit(0)
        case "other_schema":
            print(json.dumps({"schema": 2, "id": number, "observation": {}}), flush=True)
        case "unknown_state":
            verdict = {"state": "confused"}
            report = {
                "schema": 1,
                "cycle": request["cycle"],
                "monitor": "b",
                "version": "1",
                "verdicts": {"%1": verdict},
            }
            say(id=number, report=report)
        case "another_cycle":
            say(id=number, report={"schema": 1, "cycle": "yesterday", "monitor": "bad", "version": "1"})
        case "raises":
            say(id=number, problem={"kind": "agent_failed", "subject": "bad", "text": "KeyError: 'pm'"})
        case "blind":
            say(id=number, problem={"kind": "no_server", "subject": "/s", "text": "nothing listens"})
        case "empty_reply":
            say(id=number)
        case "late":
            say(id=number - 1, report=None)
            good(request)
        case "closes_stdout":
            os.close(1)
            time.sleep(3600)
        case "talks_on_stderr":
            sys.stderr.write("noise\n" * 400_000)
            good(request)
        case "environment":
            FILE.write_text(json.dumps(dict(os.environ)))
            good(request)
        case "large_memory":
            say(id=number, report=empty(request), memory="k" * 600_000)
        case "deep_memory":
            memory = []
            for _ in range(100):
                memory = [memory]
            say(id=number, report=empty(request), memory=memory)
        case "deep_json":
            print(f'{{"schema":1,"id":{number},"memory":{"[" * 100_000}{"]" * 100_000}}}', flush=True)
        case "many_verdicts":
            say(id=number, report=empty(request) | {"verdicts": {f"%{n}": verdict_of(f"%{n}") for n in range(100)}})
        case "long_text":
            lines = {"rule": "r", "lines": ["x" * 70_000]}
            say(id=number, report=empty(request) | {"verdicts": {"%1": verdict_of("%1") | {"why": lines}}})
        case "many_lines":
            lines = {"rule": "r", "lines": ["x"] * 501}
            say(id=number, report=empty(request) | {"verdicts": {"%1": verdict_of("%1") | {"why": lines}}})
        case "many_problems":
            say(id=number, report=empty(request) | {"problems": [{"kind": "agent_failed"}] * 300})
        case "many_intents":
            say(id=number, report=empty(request) | {"intents": [cry(n) for n in range(300)]})
        case "no_date":
            say(id=number, report=empty(request) | {"verdicts": {"%1": verdict_of("%1") | {"since": 1e300}}})
        case "not_a_number":
            say(id=number, report=empty(request) | {"wall_s": float("nan")})
        case "endless_pause":
            say(id=number, report=empty(request) | {"pause_s": 1e12})
        case _:
            raise SystemExit(f"no such way: {HOW}")


if HOW == "never_starts":
    raise SystemExit("no licence for this machine")
if HOW == "hangs_at_start":
    time.sleep(3600)

for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "hello":
        if HOW == "mute_hello":
            say(id=asked["id"], problem={"kind": "agent_failed", "text": "who wants to know?"})
        else:
            say(id=asked["id"], introduction={"monitor": "bad", "version": "1", "says": ["idle"]})
    else:
        misbehave(asked)
