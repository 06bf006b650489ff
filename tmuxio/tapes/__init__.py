"""Tapes: shot by the recorder, redacted, and kept in files that share their screens."""
