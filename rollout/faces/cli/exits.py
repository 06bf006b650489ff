"""The exit codes that scripts rely on."""

from enum import IntEnum
from typing import Self


class Exit(IntEnum):
    """The exit codes of verbs."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Keep the meaning with the number."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "done; also if `run`, `status`, `diffs`, `report` or `backtest` found differences"
    INTERNAL = 1, "a defect of the program (`UNDERSTUDY_DEBUG=1` shows where)"
    USAGE = 2, "the command line, or a file named on it, is not understood"
    DIFFERENT = 3, "a gate is not passed, or differences are found (only `gate`, `replay --fail-on`)"
    ROLLED_BACK = 4, "rolled back (only `wait`, `demo`)"
    CONFLICT = 5, "another process changed the stage meanwhile, or the stage does not allow it"
    UNHEALTHY = 6, "something is missing or broken (only `doctor`)"
    UNAVAILABLE = 69, "tmux, a monitor, or the server of the flags, cannot be reached"
    NOT_ORDERED = 74, "an order could not be written or removed (only `freeze`, `unfreeze`, `rollback --now`)"
    RETRY = 75, "not now: try again in a moment"
    CONFIG = 78, "a setting, a flags file, a plan or the ledger is not valid"
    INTERRUPTED = 130, "ended by Ctrl-C"


class Stop(Exception):
    """Ends a verb with this exit code and this sentence, which names the fault and the remedy."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
