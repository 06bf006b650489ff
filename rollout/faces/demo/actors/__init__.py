"""Actors: small terminal programs that play an agent CLI's screens from a script.

Standard library only, and of that only what is light: records are named tuples here, because importing `dataclasses`
alone would cost an actor more time and memory than all of its own code.
"""
