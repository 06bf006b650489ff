"""The shadow: comparing what two monitors say of one tape, and finding out who was right. No storage, no tmux."""
