"""Monitors as processes: found by name, asked in time, restarted, never trusted."""
