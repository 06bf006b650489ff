"""Real disks that take nothing more: small tmpfs mounts, filled or made read-only. They need the right to mount."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = int(os.environ.get("FAULTS", "5"))


@contextmanager
def small_disk(place: Path, *options: str) -> Iterator[Path]:
    """Mount a tmpfs of 1 MB at `place`; skips the test where this user may not mount."""
    place.mkdir(parents=True, exist_ok=True)
    mounted = _run("mount", "-t", "tmpfs", "-o", ",".join(("size=1m", "mode=700", *options)), "tmpfs", str(place))
    if mounted:
        pytest.skip(f"no disk can be mounted here: {mounted}")
    try:
        yield place
    finally:
        _run("umount", "--lazy", str(place))


def fill(place: Path) -> None:
    """Write until no block is free."""
    with (place / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"\0" * 4096)


def use_up_inodes(place: Path) -> None:
    """Make empty files until no inode is free."""
    with pytest.raises(OSError, match="No space left"):
        for number in range(100_000):
            (place / f"empty-{number}").touch()


def make_read_only(place: Path) -> None:
    """Mount it again, read-only."""
    refused = _run("mount", "-o", "remount,ro", str(place))
    assert not refused, refused


@contextmanager
def also_at(place: Path, other: Path) -> Iterator[Path]:
    """Mount a folder at a second path; skips the test where this user may not mount."""
    other.mkdir(parents=True)
    mounted = _run("mount", "--bind", str(place), str(other))
    if mounted:
        pytest.skip(f"no folder can be mounted here: {mounted}")
    try:
        yield other
    finally:
        _run("umount", "--lazy", str(other))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() or f"code {done.returncode}" if done.returncode else ""
