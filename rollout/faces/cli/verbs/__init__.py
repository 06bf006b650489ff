"""One module a verb, its signature and its work together; imported when the verb is called."""
