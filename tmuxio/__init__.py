"""Reading a tmux server fast, keeping and replaying what was seen, and the only hands that touch it."""
