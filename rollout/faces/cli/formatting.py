"""How verdicts and differences are said in one line."""

from shadow.differences import Side


def side_text(side: Side) -> str:
    """Say what one monitor says of one pane: `idle (fresh), wants notify_manager:fresh`."""
    state = side.state.value if side.state else "no agent"
    detail = f" ({side.detail.value})" if side.detail else ""
    intent_keys = f", wants {', '.join(name for name, _ in side.intents)}" if side.intents else ""
    return f"{state}{detail}{intent_keys}"
