"""A file is replaced as a whole or not at all, and lasts; an emergency order does not wait for the disk."""

from __future__ import annotations

import ast
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rollout.store.orders import OrderKind, give, order_in_force
from tmuxio.atomic_file import replace_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "file"
    found.write_bytes(b"old")
    return found


def fsync_fails(monkeypatch: pytest.MonkeyPatch, number: int = errno.EIO, *, folders: bool | None = None) -> None:
    """Let every flush fail; with `folders` only those of folders, or only those of files."""
    real = os.fsync

    def fails(handle: int) -> None:
        if folders is None or stat.S_ISDIR(os.fstat(handle).st_mode) is folders:
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fails)


def test_the_new_content_stands_alone_in_the_folder(path: Path) -> None:
    replace_file(path, b"new")
    assert [(found.name, found.read_bytes()) for found in path.parent.iterdir()] == [("file", b"new")]


def test_a_file_that_was_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    replace_file(tmp_path / "made", b"new")
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600


def test_the_file_is_flushed_before_it_is_put_in_place_and_its_folder_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bytes]] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.read_bytes()))
    )
    replace_file(path, b"new")
    assert seen == [(False, b"old"), (True, b"new")]


def test_a_file_that_cannot_be_flushed_leaves_the_old_one_and_no_litter(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync_fails(monkeypatch, folders=False)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(path, b"new")
    assert [found.read_bytes() for found in path.parent.iterdir()] == [b"old"]


def test_a_folder_that_cannot_be_flushed_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync_fails(monkeypatch, folders=True)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(path, b"new")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_flushes_no_folders_is_no_error(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fsync_fails(monkeypatch, number, folders=True)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("kind", [OrderKind.FREEZE, OrderKind.ROLLBACK])
def test_a_failed_flush_never_fails_an_emergency_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: OrderKind
) -> None:
    fsync_fails(monkeypatch)
    order = give(kind, tmp_path, actor="ann", reason="pager")
    found = order_in_force(kind, tmp_path)
    assert (order.path.parent, found and found.reason) == (tmp_path, "pager")


def test_an_order_without_room_for_its_content_is_an_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes, *, durable: bool) -> None:
        if content:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace_file(path, content, durable=durable)

    monkeypatch.setattr("rollout.store.orders.replace_file", full)
    assert give(OrderKind.FREEZE, tmp_path, actor="ann", reason="pager").path.read_bytes() == b""


def test_orders_import_the_standard_library_and_this_program_alone() -> None:
    code = "import sys; before = set(sys.modules); import rollout.store.orders; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    tops = {name.partition(".")[0] for name in done.stdout.split()}
    assert tops - set(sys.stdlib_module_names) <= {"rollout", "tmuxio", "understudy"}


def test_no_other_module_flushes_a_file_or_makes_a_draft_of_one() -> None:
    packages = ("understudy", "tmuxio", "legacy", "modular", "shadow", "rollout")
    calls = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"fsync", "fdatasync", "mkstemp", "NamedTemporaryFile"}
    }
    assert calls == {"tmuxio/atomic_file.py"}
