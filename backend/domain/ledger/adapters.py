"""The ledgers that can be imported, by key: a new one is one more adapter here and one more description in workbook."""

from backend.domain.ledger import member, organization, rectification
from backend.domain.ledger.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {adapter.key: adapter for adapter in (organization, member, rectification)}
