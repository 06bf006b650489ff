"""Route each session of a lease to its owner, by the flags as they are at that moment."""
