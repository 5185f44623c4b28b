"""Notices: who is told, and when, that a limit comes near or has passed."""
