"""The meaning of screens as data: files of rules, what is wrong with one, and the book that is made of them."""
