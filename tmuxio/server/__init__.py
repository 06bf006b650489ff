"""One tmux server: its address, its identity, the transport of questions, and the errors."""
