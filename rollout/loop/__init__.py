"""rollout/loop."""
