"""The programs that run in a pane, as the kernel reports them; tmux does not."""
