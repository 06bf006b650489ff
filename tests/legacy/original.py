"""The original's actions, read from the scenario file beside the repository, in the player's terms."""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.legacy.player import BOOT_S, MESSAGE_S, Play

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
SCENARIOS = FOLDER / "legacy-scenarios-dev.json"

ABOUT = {
    "recovery-needed": "error",
    "agent-failure": "crash",
    "crash-alert": "crash",
    "escalation-3min": "team_idle",
    "escalation-5min": "team_idle",
    "rate-limit-start": "rate_limit",
    "rate-limit-resume": "rate_limit",
}

Act = tuple[float, str, str | None, str]


def document() -> dict[str, Any]:
    return dict(json.loads(SCENARIOS.read_text(encoding="utf-8")))


def acts_of(scenario: Mapping[str, Any]) -> list[Act]:
    """List what the original did; starting and briefing a manager is the harness's now, and left out."""
    acts: list[Act] = []
    starting: set[str] = set()
    for event in scenario["events"]:
        t, action, target, detail = event["t"], event["action"], event.get("target"), event.get("detail")
        about = f"{ABOUT.get(detail, detail)} {event.get('about') or ''}".rstrip()
        if action == "type":
            starting.add(target)
        elif action == "key" and target in starting:
            starting.discard(target)
        elif action == "queue":
            acts.append((t, action, target, about if event.get("about") else f"{about} {target}"))
        elif detail == "report":
            acts.append((t, action, target, f"report {json.dumps(event['sections'], sort_keys=True)}"))
        elif action == "send" and detail != "pm-instruction":
            acts.append((t, action, target, about))
        elif action in {"key", "new-window"}:
            acts.append((t, action, target, detail))
        elif action in {"kill", "pause"}:
            if action == "kill":  # what was queued for a manager that dies in the same cycle is lost with it
                acts = [act for act in acts if act[:3] != (t, "queue", target)]
            acts.append((t, action, target, str(event.get("seconds", ""))))
    return acts


def states_of(scenario: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    return [
        (event["t"], event["target"], f"{event['detail']} {event['idle'] or ''}".rstrip())
        for event in scenario["events"]
        if event["action"] == "state"
    ]


def as_typed(played: Play) -> tuple[list[Act], list[tuple[float, str, str]]]:
    """Give a play's acts and states the times that they have where each act is typed before the next look."""
    lines: list[tuple[float, int, int, Any]] = []
    for number, act in enumerate(played.acts):
        last = act[1] == "pause" or (act[1] == "send" and act[3].startswith("report"))
        of_a_team = act[1] == "queue" and act[3].startswith("team_idle")
        lines.append((act[0], 3 if last else 2 if of_a_team else 0, number, act))
    lines += [(state[0], 1, number, state) for number, state in enumerate(played.states)]
    acts: list[Act] = []
    states: list[tuple[float, str, str]] = []
    cycle, typed = -1, 0.0
    for at, _, _, line in sorted(lines, key=lambda line: line[:3]):
        if (now := bisect_right(played.starts, at + 1e-6)) != cycle:
            cycle, typed = now, 0.0
        if len(line) == 3:
            states.append((round(at + typed, 1), line[1], line[2]))
            continue
        acts.append((round(at + typed, 1), *line[1:]))
        if line[1] == "send":
            typed += MESSAGE_S
        elif line[1] == "new-window":
            typed += BOOT_S + (MESSAGE_S if at in played.briefed else 0.0)
    return acts, states


def told_of(acts: Sequence[Act]) -> list[Act]:
    """Leave out whose limit a message about a usage limit is about: the original's events do not say."""
    return [
        (t, a, target, "rate_limit" if detail.startswith("rate_limit") else detail) for t, a, target, detail in acts
    ]
