"""Reads a server: the list of panes, the screens that may have changed, and whole frames of both."""
