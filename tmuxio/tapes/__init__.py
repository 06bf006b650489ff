"""Tapes: shot by the camera, without their secrets, and kept in files that share their screens."""
