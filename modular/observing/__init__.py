"""Reads the agents that a strategy plans, from one frame or a few; unchanged panes are not read again."""
