"""Routes, judges and promotes; the command line and every other face of the product."""
