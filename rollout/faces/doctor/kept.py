"""The content of the state folder: its permissions, standing orders, the ledger, the flags."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rollout.faces.doctor.findings import DoctorFinding, broken, note, well
from rollout.loop.analysis import Analysis, blind
from rollout.loop.audit import breaks
from rollout.loop.monitor_role import MonitorRole
from rollout.store.flags import BadFlags, parse_flags
from rollout.store.ledger import LedgerReader, LedgerUnusable, check_pages
from rollout.store.orders import Order, OrderKind, order_in_force
from rollout.store.state_folder import ServerFolder, StateFolder
from understudy.report import CycleReport, ProblemKind

_CHECK_S: Final = 10.0
"""Seconds for which the pages of a ledger are checked."""


def kept(state: StateFolder, socket_path: Path) -> Iterator[DoctorFinding]:
    """Check the state folder and, in it, the folder of one server."""
    yield folder(state.root)
    server = state.of_server(socket_path)
    yield from orders(state.root, server.path)
    yield ledger(server)
    yield from doubts(server)
    yield from flags(server)


def folder(root: Path) -> DoctorFinding:
    """Check that the folder is ours alone, or can be made."""
    if not root.exists():
        above = next(parent for parent in root.parents if parent.exists())
        if os.access(above, os.W_OK):
            return well("state folder", f"{root} (made at the first run)")
        return broken("state folder", f"{root} cannot be made", "set UNDERSTUDY_STATE_DIR to a folder of yours")
    if not root.is_dir() or not os.access(root, os.W_OK):
        return broken(
            "state folder", f"{root} is no folder to write in", "set UNDERSTUDY_STATE_DIR to a folder of yours"
        )
    mode = stat.S_IMODE(root.stat().st_mode)
    if mode & 0o077:
        return broken("state folder", f"{root} can be read by others (mode {mode:o})", f"chmod 700 {root}")
    return well("state folder", f"{root}, yours alone")


def orders(root: Path, server: Path) -> Iterator[DoctorFinding]:
    """Report the orders in force."""
    if order := order_in_force(OrderKind.FREEZE, server, root):
        yield note("orders", f"frozen{_who(order)}: no key is sent", "lift it with `understudy unfreeze`")
    if order := order_in_force(OrderKind.ROLLBACK, server, root):
        yield note("orders", f"rollback ordered{_who(order)}; no run has carried it out yet", "`understudy run`")


def _who(order: Order) -> str:
    by = f" by {order.actor}" if order.actor else ""
    why = f" ({order.reason})" if order.reason else ""
    return f"{by}{why}"


def ledger(server: ServerFolder) -> DoctorFinding:
    """Check that the ledger, where there is one, can be read."""
    if not server.ledger.exists():
        return well("ledger", "none yet (made at the first run)")
    try:
        whole = check_pages(server.ledger, _CHECK_S)
        reader = LedgerReader.open(server.ledger)
        try:
            cycles, cut = reader.cycle_count(), breaks(reader)
        finally:
            reader.close()
    except LedgerUnusable as fault:
        says, _, remedy = str(fault).rpartition(": ")
        return broken("ledger", says, remedy)
    if cut:
        return broken("ledger", f"its audit trail is not what was written: {cut[0]}", "understudy history --verify")
    if not whole:
        return note(
            "ledger",
            f"{cycles} cycles in {server.ledger}; {_CHECK_S:g} s were not enough to check all of its pages",
            f"sqlite3 {server.ledger} 'PRAGMA quick_check'",
        )
    return well("ledger", f"{cycles} cycles in {server.ledger}")


def found_agents(server: ServerFolder) -> Iterator[DoctorFinding]:
    """Say where the incumbent finds fewer than half of the candidate's agents: then it is no measure of anything."""
    if not server.ledger.exists():
        return
    try:
        reader = LedgerReader.open(server.ledger)
        text = reader.document("analysis")
        reader.close()
        seen = Analysis.model_validate_json(text).agents_found if text is not None else (0, 0)
    except (LedgerUnusable, ValueError):  # the ledger's own finding says so
        return
    if warning := blind(*seen):
        says, _, _ = warning.partition(": `")
        yield note("incumbent", f"{says}, so most differences are its own", "compare the two: `understudy agents`")


def doubts(server: ServerFolder) -> Iterator[DoctorFinding]:
    """Report the doubts of the monitors about their own verdicts at the last look."""
    if not server.ledger.exists():
        return
    try:
        reader = LedgerReader.open(server.ledger)
        bodies = [body for part in MonitorRole if (body := reader.latest_report(part))]
        reader.close()
        reports = [CycleReport.model_validate_json(body) for body in bodies]
    except (LedgerUnusable, ValueError):  # the ledger's own finding says so
        return
    for report in reports:
        for problem in report.problems:
            if not problem.hides:
                yield note("monitors", f"{report.monitor}: {problem.text}", _DOUBTED.get(problem.kind, ""))


_DOUBTED = {
    ProblemKind.RULES_UNUSABLE: "correct the file; it is reloaded automatically",
    ProblemKind.RULES_DRIFTED: "`understudy explain PANE` shows the matched lines; write a rule (docs/rules.md)",
    ProblemKind.FLICKERS: "`understudy explain PANE` shows the rules that take turns (docs/rules.md)",
}
"""The remedy."""


def flags(server: ServerFolder) -> Iterator[DoctorFinding]:
    """Check the working copy of the flags, and report the cost of a stickiness other than the lease."""
    if not server.flags.exists():
        yield well("flags", "no working copy yet (made at the first run)")
        return
    try:
        document = parse_flags(server.flags.read_text(encoding="utf-8", errors="replace"), str(server.flags))
    except BadFlags as bad:
        yield from (broken("flags", f"{server.flags}: {fault.path}: {fault.text}", fault.fix) for fault in bad.faults)
        return
    yield well("flags", f"{server.flags}, revision {document.revision}")
    if cost := STICKINESS_COSTS.get(document.candidate.stickiness):
        yield note("flags", cost, 'write "stickiness": "lease": the owner then changes at most once a slot')


STICKINESS_COSTS = {
    "session": "sticky on the session: its owner never changes, so the exposure is a share of sessions, not of time",
    "cycleId": "sticky on the cycle: the owner changes from one to the next, and two monitors that see an edge "
    "one cycle apart lose the notice",
}
"""The cost of being sticky on something other than the lease."""
