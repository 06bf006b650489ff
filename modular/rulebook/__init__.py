"""The meaning of screens as data: files of rules, their faults, and the book that is made of them."""
