"""The exhibit: the monolith that is trusted today, in one file that nobody tidies."""
