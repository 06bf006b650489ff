"""The engine: the meaning of screens is data, the conclusions from it are pure, and only `service` reads panes."""
