"""Data: what the screens of each agent CLI mean, one file a CLI."""
