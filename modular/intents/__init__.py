"""The intents of the engine: one component for each kind of trouble, each with its own slice of the memory."""
