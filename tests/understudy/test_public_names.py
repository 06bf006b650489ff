"""The names that `from understudy import ...` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import understudy


@pytest.mark.parametrize("name", understudy.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(understudy, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = understudy.Nothing  # type: ignore[attr-defined]


def test_the_package_itself_imports_no_pydantic() -> None:
    code = "import sys, understudy; sys.exit('pydantic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
