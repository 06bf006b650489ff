"""What is remembered from look to look, and what is said of an agent because of it."""
