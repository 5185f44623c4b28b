"""What every contestant writes for an act, whatever it writes it with."""

from uuid import UUID

ACT = "id, created_at, run_id, sequence, step, outcome, by, by_name, at, reason, rule, evidence"
EVENT = "id, created_at, kind, county_id, organization_id, subject_kind, subject_id, actor_id, actor_name, at, data"
EVENT_KIND = "rectification.acted"
ACTOR_ID, ACTOR = UUID("0190a0c0-0000-7000-8000-000000000001"), "解小满"
REASON = "已签收"
SECOND_SEQUENCE = 1000
"""An item is signed for again and again here, and its acts are numbered behind those it had."""
