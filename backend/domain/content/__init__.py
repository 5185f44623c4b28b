"""Uploads by content: what a file is, whether it may come in, and what of it is kept."""
