"""rollout/store."""
