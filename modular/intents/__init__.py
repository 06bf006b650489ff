"""What the engine wants done: a component a kind of trouble, each with a slice of the memory of its own."""
