"""The documents' examples are run as the command line's own tests run it."""

from tests.cli.conftest import understudy

__all__ = ["understudy"]
