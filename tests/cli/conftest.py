"""Lets each file of this folder be run alone: the shell is imported by some before pytest hears of it as a plugin."""

import pytest

pytest.register_assert_rewrite("tests.cli.shell")
