"""tmuxio."""
