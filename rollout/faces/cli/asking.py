"""Asking a person before something is done."""

import sys

import typer

from rollout.faces.cli.exits import Exit, Stop


def confirm(question: str) -> None:
    """Ask, and go on after a yes; raises `Stop` after a no, and if there is no terminal to answer on."""
    if not sys.stdin.isatty():
        raise Stop(Exit.USAGE, f"{question} There is no terminal to answer on: add --yes")
    if not typer.confirm(question):
        raise Stop(Exit.CONFLICT, "you answered no: nothing was changed")
