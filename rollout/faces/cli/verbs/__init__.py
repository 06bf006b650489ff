"""What each verb does; one module a verb, imported when it is called."""
