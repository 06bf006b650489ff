# ruff: noqa: ANN001, ANN003, ANN201, C901, PLR0912, T201
"""A program that speaks the wire contract, and turns hostile once a file exists: `hostile_monitor.py WAY FILE`."""

import json
import os
import sys
import time
from pathlib import Path

WAY, TURNED = sys.argv[1], Path(sys.argv[2])
KEY = "MIIEowIBAAKCAQEAx7q3vJ0tFakeFakeFakeFakeFakeFakeFakeFakeFakeFake"
KEYS = ("-----BEGIN RSA PRIVATE KEY-----", KEY, f"AWS_SECRET_ACCESS_KEY={KEY}", "password: hunter2hunter2")


def verdict(pane, **more):
    names = {"session": "main", "window": "idle-1", "window_index": 0, "role": "worker", "agent": "claude"}
    return names | {"pane": pane, "pid": 1, "state": "idle", "since": 0.0, "why": {"rule": "r"}} | more


def notice(number):
    return {
        "kind": "notify_manager",
        "pane": f"%{number}",
        "pid": number,
        "target": "%0",
        "session": "main",
        "reason": "r",
        "at": 0.0,
        "about": "idle",
        "text": "idle",
    }


def keys(size):
    """Lines that look like keys, so many characters of them."""
    lines = "\n".join(KEYS)
    return "\n".join([lines] * (size // len(lines)))


def say(request, memory=None, **report):
    told = {"schema": 1, "cycle": request["cycle"], "monitor": "hostile", "version": "1"} | report
    sys.stdout.write(json.dumps({"schema": 1, "id": request["id"], "report": told, "memory": memory}) + "\n")
    sys.stdout.flush()


def turn(request):
    match WAY:
        case "memory 1.5 MB":
            say(request, memory=keys(1_500_000))
        case "memory at the limit":
            say(request, memory=keys(520_000))
        case "memory of many texts":
            say(request, memory=[f"password: {n}hunter2" for n in range(20_000)])
        case "20,000 verdicts":
            say(request, verdicts={f"%{n}": verdict(f"%{n}") for n in range(20_000)})
        case "verdicts at the limit":
            say(request, verdicts={f"%{n}": verdict(f"%{n}", pid=n) for n in range(60)})
        case "20,000 intents":
            say(request, intents=[notice(n) for n in range(20_000)])
        case "intents at the limit":
            say(request, intents=[notice(n) for n in range(250)])
        case "nested 100,000 deep":
            print(f'{{"schema":1,"id":{request["id"]},"memory":{"[" * 100_000}{"]" * 100_000}}}', flush=True)
        case "a text of 50 MB":
            say(request, verdicts={"%0": verdict("%0", why={"rule": "x" * 50_000_000})})
        case "texts at the limit":
            say(request, verdicts={"%0": verdict("%0", why={"rule": "r", "lines": [keys(7_500)] * 8})})
        case "100,000 wrong verdicts":
            say(request, verdicts={f"{n}": 1 for n in range(100_000)})
        case "endless output without a line's end":
            while True:
                os.write(1, b"x" * 65536)
        case "a byte now and then":
            while True:
                os.write(1, b"x")
                time.sleep(0.05)
        case "an instant beyond every calendar":
            say(request, verdicts={"%0": verdict("%0", since=1e300)})
        case "another one each time":
            say(request, memory=time.time_ns(), verdicts={"%0": verdict("%0", why={"rule": f"r-{time.time_ns()}"})})
        case _:
            raise SystemExit(f"no such way: {WAY}")


for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "hello":
        who = {"monitor": "hostile", "version": "1", "says": ["idle"]}
        print(json.dumps({"schema": 1, "id": asked["id"], "introduction": who}), flush=True)
    elif TURNED.exists():
        turn(asked)
    else:
        say(asked)
