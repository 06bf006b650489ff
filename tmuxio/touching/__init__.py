"""The only hands that touch a server, and what is checked before they do."""
