"""flags.json in Unleash's own format: checked, read, and written with a revision."""

from rollout.store.flags.document import FlagsDocument, Share, parse_flags
from rollout.store.flags.faults import BadFlags, Fault
from rollout.store.flags.file import FlagsFile
from rollout.store.flags.initial import initial_text
from rollout.store.flags.port import FlagReading, Flags, FlagsUnreachable, HeldExposure, RevisionMoved, WriteUnknown
from rollout.store.flags.validate import CANDIDATE, SHADOW

__all__ = [
    "CANDIDATE",
    "SHADOW",
    "BadFlags",
    "Fault",
    "FlagReading",
    "Flags",
    "FlagsDocument",
    "FlagsFile",
    "FlagsUnreachable",
    "HeldExposure",
    "RevisionMoved",
    "Share",
    "WriteUnknown",
    "initial_text",
    "parse_flags",
]
