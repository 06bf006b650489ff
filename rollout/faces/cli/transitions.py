"""A transition in a few words, and as scripts get it."""

from typing import Any

from rollout.judgement.chain import Transition


def transition_text(row: Transition) -> str:
    """Format a transition in a few words: `shadow -> canary (5 %)`, `canary: paused`."""
    if row.from_ is not row.to:
        return f"{row.from_} -> {row.to} ({row.exposure_percent} %)" + (
            "" if row.state == "running" else f", {_said(row)}"
        )
    return f"{row.to}: {row.request}"


def _said(row: Transition) -> str:
    return row.state.replace("_", " ")


def transition_document(row: Transition) -> dict[str, Any]:
    """A transition as scripts get it."""
    body = row.model_dump(mode="json", by_alias=True)
    return {
        key: body[key]
        for key in ("from", "to", "actor", "reason", "evidence", "flag_revision", "hash", "previous_hash")
    } | {key: body[key] for key in ("at", "request", "state", "exposure_percent", "epoch")}
