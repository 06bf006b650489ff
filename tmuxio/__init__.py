"""Reading a tmux server fast, keeping and replaying what was seen, and the actuator, which alone acts on it."""
