"""The working copy of the flags: read at each use, written as a whole or not at all."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from rollout.store.flags.document import FlagsDocument, feature, parse_flags
from rollout.store.flags.faults import BadFlags, Fault
from rollout.store.flags.fields import HIGHEST_PERCENT
from rollout.store.flags.initial import initial_text
from rollout.store.flags.port import MAX_AGE_S, FlagReading, HeldExposure, RevisionMoved, last_good
from rollout.store.flags.validate import CANDIDATE
from tmuxio.atomic_file import replace_file

_LOCK_TIMEOUT_S: Final = 5.0
_REVISION = re.compile(rb'"revisionId"\s*:\s*(\d{1,15})')
_Stamp = tuple[int, int, int]


class FlagsFile:
    """The flags of one file, with the last good reading of it kept. Safe for several processes; one thread each."""

    def __init__(self, path: Path, initial: Path | None = None, *, max_age_s: float = MAX_AGE_S) -> None:
        """Work on `path`; where there is nothing it begins as a copy of `initial`, or of the project's own flags.

        The last good reading of a file that went bad is followed for `max_age_s` seconds.
        """
        self.path = path
        self._initial = initial
        self._max_age_s = max_age_s
        self._confirmed_at = 0.0
        self._stamp: _Stamp | None = None
        self._last_good: FlagsDocument | None = None
        self._fault: BadFlags | None = None

    @property
    def last_good(self) -> FlagsDocument | None:
        """The newest valid reading since this object was made; None on a cold start with a bad file."""
        return self._last_good

    def create(self) -> None:
        """Put the initial flags in place where there is no file yet; raises `BadFlags` where these are not valid."""
        if self.path.exists():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = initial_text(self._initial)
        parse_flags(text, str(self._initial or "the initial flags"))
        with self._lock():
            if not self.path.exists():
                replace_file(self.path, text.encode())

    def read(self) -> FlagsDocument:
        """Read the file as it is now, creating it on first use; raises `BadFlags` where it must not be used.

        The file is opened only when it changed; `last_good` stays what it was when it went bad.
        """
        try:
            return self._read()
        except FileNotFoundError:
            self.create()
            return self._read()

    def follow(self, now: float) -> FlagReading:
        """Read the file where it changed; where it is not valid, or not there to read, the last good one."""
        try:
            document = self.read()
        except BadFlags as error:
            more = f" and {len(error.faults) - 1} more faults" if len(error.faults) > 1 else ""
            fault = f"the flags at {self.path} are not valid ({error.faults[0]}{more})"
        except OSError as error:
            fault = f"the flags at {self.path} cannot be read ({error.strerror or error})"
        else:
            self._confirmed_at = now
            return FlagReading(document)
        return last_good(self._last_good, fault, max(0.0, now - self._confirmed_at), self._max_age_s)

    def held(self) -> HeldExposure:
        """Read the file as it is now."""
        return _held(self.read())

    def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
        """Set the candidate's share to a whole percent; everything else stays as it was.

        Written to a new file, flushed to the disk and put in place of the old one, under a lock. Without `expected` a
        file that cannot be read is moved aside (`.broken`), and the last good one, or the initial one, takes its place.
        """
        if not 0 <= percent <= HIGHEST_PERCENT:
            raise ValueError(f"an exposure is a share from 0 to 100 %, not {percent}")
        self.create()
        with self._lock():
            try:
                document = self._read()
            except (BadFlags, OSError):
                if expected is not None:
                    raise
                document = self._salvaged()
            if expected is not None and _held(document) != expected:
                raise RevisionMoved(expected, _held(document))
            text = _with_exposure(document, percent)
            replace_file(self.path, text.encode())
            return _held(self._read())

    def _read(self) -> FlagsDocument:
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            if self._fault is not None:
                raise self._fault
            if self._last_good is not None:
                return self._last_good
        self._fault = None
        try:
            self._last_good = parse_flags(self.path.read_text(encoding="utf-8"), str(self.path))
        except UnicodeDecodeError as error:
            self._fault = BadFlags(str(self.path), (Fault("$", f"is not UTF-8 ({error.reason})", "write it anew"),))
        except BadFlags as fault:
            self._fault = fault
        self._stamp = stamp
        if self._fault is not None:
            raise self._fault
        return self._last_good  # type: ignore[return-value]  # set two branches above

    def _salvaged(self) -> FlagsDocument:
        """Move what cannot be read aside; its revision, where it still says one, is counted on from."""
        base = self._last_good or parse_flags(initial_text(self._initial))
        if not self.path.exists():
            return base
        broken = self.path.replace(self.path.with_name(f"{self.path.name}.broken"))
        try:
            found = _REVISION.findall(broken.read_bytes())
        except OSError:
            found = []
        return replace(base, revision=max([base.revision, *map(int, found)]))

    def _lock(self) -> FileLock:
        return FileLock(f"{self.path}.lock", timeout=_LOCK_TIMEOUT_S)


def _held(document: FlagsDocument) -> HeldExposure:
    return HeldExposure(document.revision, document.candidate.percent)


def _with_exposure(document: FlagsDocument, percent: int) -> str:
    body: dict[str, Any] = copy.deepcopy(document.body)
    flag = feature(body, CANDIDATE)
    flag["strategies"][0]["parameters"]["rollout"] = str(percent)
    if percent:
        flag["enabled"] = True
    body["meta"] = {**body.get("meta", {}), "revisionId": document.revision + 1}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
