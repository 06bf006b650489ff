"""What people and scripts see: the command line, the doctor and the demo."""
