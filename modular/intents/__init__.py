"""The intents of the engine: a component a kind of trouble, each with a slice of the memory of its own."""
