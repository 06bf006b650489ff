"""Makes one reading with its reason of a pane: the program in front, the content of the screen, and its motion."""
