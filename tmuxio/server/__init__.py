"""One tmux server: where it listens, which one it is, how it is asked, and what goes wrong."""
