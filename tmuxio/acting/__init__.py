"""The actuator: the only code that acts on a server, and what is checked before it does."""
