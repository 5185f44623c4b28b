"""Figures: what is counted, how it is said, and what may be said of few people.

Everything here is pure except `draw`, which asks the database and hands the counts to the others.
"""
