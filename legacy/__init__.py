"""The incumbent: the monolith that is trusted today, in one file that stays as it is."""
