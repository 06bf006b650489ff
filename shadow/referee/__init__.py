"""The referee: names the state that a pane was in from what it did next, and scores both monitors' claims by it."""
