"""The referee: what a pane did next names the state that it had been in, and scores what the monitors said of it."""
