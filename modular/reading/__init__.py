"""From a pane to one reading with its reason: who is in front, what stands on the screen, what moves."""
