"""rollout/judgement."""
