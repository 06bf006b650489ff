"""The shadow: comparing what two monitors say of the same tape, and finding out who was right. Pure: no storage, no tmux."""
