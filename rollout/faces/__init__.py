"""The interfaces for people and scripts: the command line, the doctor and the demo."""
