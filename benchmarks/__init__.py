"""Measuring: how fast, how it grows, what many at once do to it.  Ratios of one run; no time is asserted."""
