"""Every ledger that is imported, exported and offered as a template, by its key."""

from backend.workbook.ledger import Ledger
from backend.workbook.member import MEMBER
from backend.workbook.organization import ORGANIZATION
from backend.workbook.rectification import RECTIFICATION

LEDGERS: dict[str, Ledger] = {ledger.key: ledger for ledger in (ORGANIZATION, MEMBER, RECTIFICATION)}
