"""The record systems whose records name people."""

from backend.domain.handover.keeper import Keeper
from backend.domain.rectification.handover import RectificationKeeper

KEEPERS: tuple[Keeper, ...] = (RectificationKeeper(),)
