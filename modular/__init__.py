"""The engine in small rooms: what a screen means is data, what follows from it is pure, and only `service` looks."""
