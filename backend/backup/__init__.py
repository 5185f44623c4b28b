"""Copies of a whole installation: made while it runs, readable by nobody without the secret, proved when read."""


class BackupError(Exception):
    """A backup could not be made or is not restored; the message says why in one line."""


class Damaged(BackupError):
    """The file is not, or no longer, what a backup wrote; the message names the place."""


class WrongSecret(BackupError):
    """The passphrase or the identity does not open this file."""


class NotEmpty(BackupError):
    """There is something where the copy would be restored, and nothing is ever written over."""
