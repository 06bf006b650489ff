"""The memory from look to look, and the verdicts that rest on it."""
