"""The actuator: the only code that acts on a server, and the checks before it does."""
