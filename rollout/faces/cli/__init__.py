"""The command line: `understudy VERB`. Every verb's work is imported when the verb is called, so that help is quick."""

import sys


def main() -> None:
    """Run the command line; ends the process with one of the exit codes of `rollout.faces.cli.exits`."""
    from rollout.faces.cli.app import app  # noqa: PLC0415
    from rollout.faces.cli.errors import explain  # noqa: PLC0415

    try:
        app(prog_name="understudy")
    except Exception as error:  # noqa: BLE001 - the one place where an error becomes a sentence and an exit code
        sys.exit(explain(error))
