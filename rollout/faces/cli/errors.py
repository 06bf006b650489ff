"""Every error becomes one sentence on standard error and one exit code, here and nowhere else."""

import os
import sys
import traceback

from rollout.faces.cli.exits import Exit, Stop

_CODES = {
    "builtins.FileNotFoundError": Exit.USAGE,
    "understudy.failures.SourceFailed": Exit.UNAVAILABLE,
    "understudy.tapes.TornTape": Exit.USAGE,
    "rollout.loop.hosting.monitors.UnknownMonitor": Exit.USAGE,
    "shadow.expected.BadRegister": Exit.CONFIG,
    "tmuxio.redaction.rule_file.BadRedaction": Exit.CONFIG,
    "rollout.judgement.backtest.BadStream": Exit.USAGE,
    "rollout.judgement.gate.measured.BadBench": Exit.USAGE,
    "rollout.judgement.gate.rules.BadGate": Exit.CONFIG,
    "rollout.judgement.plan_file.BadPlan": Exit.CONFIG,
    "rollout.store.flags.faults.BadFlags": Exit.CONFIG,
    "rollout.store.flags.port.FlagsUnreachable": Exit.UNAVAILABLE,
    "rollout.store.flags.port.RevisionMoved": Exit.CONFLICT,
    "rollout.store.flags.port.WriteUnknown": Exit.CONFLICT,
    "rollout.store.settings.ServerNamedTwice": Exit.USAGE,
    "rollout.store.settings.SettingsInvalid": Exit.CONFIG,
    "rollout.store.server_lock.AlreadyRunning": Exit.RETRY,
    "rollout.loop.hosting.process.MonitorFailed": Exit.UNAVAILABLE,
    "rollout.loop.replaying.ReplayFailed": Exit.UNAVAILABLE,
    "rollout.store.ledger.records.StageMoved": Exit.CONFLICT,
    "rollout.store.ledger.records.LedgerConflict": Exit.RETRY,
    "rollout.store.ledger.records.LedgerUnusable": Exit.CONFIG,
}
"""By the full name of the class or of one above it: explaining a typing error must not import half the program."""

_PASSES = "is locked by another process"
"""What a ledger says that is whole, and only in somebody else's hands for now."""


def explain(error: Exception) -> Exit:
    """Say what happened on standard error and return how to end; with UNDERSTUDY_DEBUG=1 show where as well."""
    if os.environ.get("UNDERSTUDY_DEBUG"):
        traceback.print_exception(error)
    code = _code(error)
    sentence = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror and error.filename:
        sentence = f"{error.filename}: {error.strerror.lower()}"
    elif code is Exit.INTERNAL:
        first = sentence.splitlines()[0]
        sentence = f"this is a defect: {type(error).__name__}: {first} (UNDERSTUDY_DEBUG=1 shows where)"
    for line in _redacted(sentence).splitlines():
        sys.stderr.write(f"understudy: {_inert(line)}\n")
    return code


def _redacted(sentence: str) -> str:
    from tmuxio.redaction import redact  # noqa: PLC0415 - only an error pays for it

    return redact(sentence)


def _inert(line: str) -> str:
    """A sentence may quote what somebody typed, or what a file holds: none of it may move the cursor."""
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in line)


def _code(error: Exception) -> Exit:
    if isinstance(error, Stop):
        return error.code
    for cls in type(error).__mro__:
        if code := _CODES.get(f"{cls.__module__}.{cls.__qualname__}"):
            return Exit.RETRY if _PASSES in str(error) else code
    return Exit.INTERNAL
