"""`python -m rollout` is the command line."""

from rollout.faces.cli import main

main()
