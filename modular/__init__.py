"""modular."""
