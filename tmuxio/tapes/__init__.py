"""Tapes: shot by the recorder, without their secrets, and kept in files that share their screens."""
