"""Who owns which session in this lease, after the flags as they are at that moment."""
