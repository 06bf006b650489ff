"""rollout/faces."""
