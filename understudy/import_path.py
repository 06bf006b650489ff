"""The order in which a process of this program looks for modules: its own packages before a user's folder."""

import os
import sys


def put_user_folders_last() -> None:
    """Move the working folder and the folders of PYTHONPATH to the end of `sys.path`.

    A monitor is imported from where its author works, and a file called `shadow.py` beside it must not take the place
    of the package of that name. The standard library and what is installed come first.
    """
    here = os.getcwd()  # noqa: PTH109 - as text, which is how sys.path has it
    named = [os.path.abspath(part) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]  # noqa: PTH100
    theirs = {here, *named}
    others = [entry for entry in sys.path if entry and os.path.abspath(entry) not in theirs]  # noqa: PTH100
    last = dict.fromkeys([*named, here])
    sys.path[:] = [*others, *last]
