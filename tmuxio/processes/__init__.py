"""Which programs run in a pane, as the kernel tells it; tmux does not."""
