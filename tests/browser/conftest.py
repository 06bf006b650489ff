"""A real browser: Debian's chromium, driven by Playwright, or a reason why there is none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import insists
import pytest
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests that want one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if insists.on(insists.BROWSER):
            pytest.fail(f"no chromium on PATH, and {insists.BROWSER}=1 wants one: scripts/ensure-browser installs it")
        pytest.skip("no chromium on PATH: scripts/ensure-browser installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()
