"""Reads a tmux server fast, keeps and replays its frames, and holds the actuator, which alone acts on it."""
