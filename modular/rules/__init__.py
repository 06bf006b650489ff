"""Data: the meaning of each agent CLI's screens, one file a CLI."""
