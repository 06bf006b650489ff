"""The candidate's flag in one environment of a server: its one strategy, read, and written by compare-and-set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from rollout.store.flags.faults import BadFlags, Fault, said
from rollout.store.flags.fields import HIGHEST_PERCENT
from rollout.store.flags.port import FlagsUnreachable, HeldExposure, RevisionMoved, WriteUnknown
from rollout.store.flags.unleash.transport import NoAnswer, UnleashTransport
from rollout.store.flags.validate import CANDIDATE

WRITE_S: Final = 4.0
"""The time limit of a write, in seconds."""
_TITLE = re.compile(r"understudy, revision (\d{1,15})\b")
_SHARE = re.compile(r"\d{1,3}")
_MISSING: Final = 404


@dataclass(frozen=True, slots=True)
class FlagPlace:
    """The place of this rollout's flags on a server."""

    project: str = "default"
    environment: str = "production"

    def path(self, flag: str) -> str:
        """The path of a flag in this environment, for the admin API."""
        return f"{self.flags}/{quote(flag, safe='')}/environments/{quote(self.environment, safe='')}"

    @property
    def flags(self) -> str:
        """The path of all flags of the project."""
        return f"/api/admin/projects/{quote(self.project, safe='')}/features"


@dataclass(frozen=True, slots=True)
class FlagStrategy:
    """The one strategy of the candidate's flag, as the server holds it."""

    id: str
    rollout: str
    title: str | None
    held: HeldExposure


def title(revision: int, percent: int) -> str:
    """Return the title of the strategy: it holds the revision, since a server counts none for one flag."""
    return f"understudy, revision {revision}: {percent} %"


class ExposureSwitch:
    """Reads and moves the candidate's share on a server."""

    def __init__(self, transport: UnleashTransport, place: FlagPlace) -> None:
        self._transport = transport
        self._place = place
        self._path = place.path(CANDIDATE)

    def read(self) -> FlagStrategy:
        """Read the server's own store, without caches; raises `BadFlags` or `FlagsUnreachable`."""
        reply = self._transport.request("GET", self._path)
        if reply.status == _MISSING:
            text = f"there is no flag {CANDIDATE} in {self._place.environment} of {self._place.project}"
            raise self._bad("$", text, "`understudy unleash init` makes it")
        if not reply.done or not isinstance(reply.body, Mapping):
            raise FlagsUnreachable(f"{self._transport.url} did not return the flag ({reply.says})")
        return self._strategy(reply.body)

    def move(self, percent: int, found: FlagStrategy) -> HeldExposure:
        """Set the share where nothing has changed since `found`, and read it back.

        Raises `RevisionMoved`, `FlagsUnreachable` (nothing was written) or `WriteUnknown`.
        """
        aim = HeldExposure(found.held.revision + 1, percent)
        tests = [{"op": "test", "path": "/parameters/rollout", "value": found.rollout}]
        if found.title is not None:
            tests.append({"op": "test", "path": "/title", "value": found.title})
        patch = [
            *tests,
            {"op": "replace", "path": "/parameters/rollout", "value": str(percent)},
            {"op": "add", "path": "/title", "value": title(aim.revision, percent)},  # in JSON Patch, add also replaces
        ]
        try:
            reply = self._transport.request("PATCH", f"{self._path}/strategies/{found.id}", patch, deadline_s=WRITE_S)
        except NoAnswer as silence:
            return self._after_silence(aim, found, silence)
        if reply.done:
            return self._read_back(aim)
        if "Test operation failed" in reply.text:
            raise RevisionMoved(found.held, self.read().held)
        raise FlagsUnreachable(f"{self._transport.url} did not write the flag ({reply.says})")

    def turn_off(self) -> HeldExposure:
        """Switch the whole flag off: this works even if its strategies are not valid."""
        reply = self._transport.request("POST", f"{self._path}/off", deadline_s=WRITE_S)
        if not reply.done:
            raise FlagsUnreachable(f"{self._transport.url} did not switch the flag off ({reply.says})")
        body = self._transport.request("GET", self._path).body
        if not isinstance(body, Mapping) or body.get("enabled") is not False:
            raise WriteUnknown(f"{self._transport.url} accepted the switch-off, but still shows the flag on")
        return HeldExposure(0, 0)

    def _read_back(self, aim: HeldExposure) -> HeldExposure:
        try:
            back = self.read().held
        except FlagsUnreachable as fault:
            raise WriteUnknown(f"the flag was written and could not be read back ({fault})") from fault
        if back != aim:
            raise RevisionMoved(aim, back)
        return back

    def _after_silence(self, aim: HeldExposure, found: FlagStrategy, silence: NoAnswer) -> HeldExposure:
        """Find out by reading whether a write without an answer was done, or may still be done."""
        try:
            back = self.read().held
        except (FlagsUnreachable, BadFlags) as fault:
            raise WriteUnknown(f"whether the flag was written is not known ({silence})") from fault
        if back == aim:
            return back
        if back != found.held:
            raise RevisionMoved(found.held, back)
        raise WriteUnknown(f"the flag is not written yet, and may still be ({silence})")

    def _strategy(self, body: Mapping[str, Any]) -> FlagStrategy:
        strategies = body.get("strategies")
        if not isinstance(strategies, list) or len(strategies) != 1 or not isinstance(strategies[0], Mapping):
            count = len(strategies) if isinstance(strategies, list) else 0
            raise self._bad("$.strategies", f"there are {count} strategies, and only one may decide", "keep one")
        one = strategies[0]
        parameters = one.get("parameters")
        rollout = parameters.get("rollout") if isinstance(parameters, Mapping) else None
        name, label = one.get("title"), str(one.get("name"))
        if label != "flexibleRollout" or not isinstance(one.get("id"), str):
            raise self._bad("$.strategies[0]", f"{said(label)} is not flexibleRollout", "replace it")
        if not isinstance(rollout, str) or not _SHARE.fullmatch(rollout) or int(rollout) > HIGHEST_PERCENT:
            path = "$.strategies[0].parameters.rollout"
            raise self._bad(path, f"{said(rollout)} is no share in percent", "write a whole number from 0 to 100")
        match = _TITLE.match(name) if isinstance(name, str) else None
        on = body.get("enabled") is True and not one.get("disabled")
        held = HeldExposure(int(match[1]) if match else 0, int(rollout) if on else 0)
        return FlagStrategy(one["id"], rollout, name if isinstance(name, str) else None, held)

    def _bad(self, path: str, text: str, fix: str) -> BadFlags:
        return BadFlags(f"{self._transport.url} {CANDIDATE}", (Fault(path, text, fix),))
