"""The demo: a private tmux server with scripted agents, and a whole migration on it in minutes."""
