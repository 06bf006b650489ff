"""The work of each verb; one module a verb, imported when it is called."""
