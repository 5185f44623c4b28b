"""Bringing ledgers in from workbooks, and taking that back: one mechanism for every ledger.

What differs from ledger to ledger is an `Adapter`: how a row is recognised among the records there are, which fields
an import may change, and which verbs create and change them.  Everything else (states, reach, masking, undo) is shared.
"""
