"""A county with something in every table and every state, so that attacks find more than empty lists."""

from typing import Any

import httpx
import sqlalchemy as sa

from tests.api.decisions import Walk as DecisionWalk
from tests.api.decisions import uploaded
from tests.api.feedbacks import Case, about, new_card, sender
from tests.api.rectifications import Walk as RectificationWalk
from tests.api.test_feedback_box import opening
from tests.api.test_member_correction import asked, registered
from tests.factories import County
from tests.rosters import SAMPLES

# Where the ids of a path parameter or of a field come from: the first name that the place's own name contains.
TABLES = {
    "opinion": "opinion",
    "relook": "rectification_relook",
    "photo": "feedback_photo",
    "decision": "decision",
    "correction": "member_correction",
    "member": "member",
    "batch": "feedback_batch",
    "card": "feedback_card",
    "sealed": "feedback_card",
    "rectification": "rectification",
    "import": "ledger_import",
    "notice": "notice",
    "attachment": "attachment",
    "evidence": "attachment",
    "account": "account",
    "event": "event",
    "unit": "organization",
    "place": "organization",
    "parent": "organization",
    "organization": "organization",
}


async def people(county: County) -> None:
    """Decisions, items, cards, members, files and an import, each in several states."""
    for step in ("assignment", "sign_for", "rectifying", "verification", None):
        await (await RectificationWalk.start(county)).pass_until(step)
    await Case.sent(county)
    await (await Case.sent(county, contact={"phone": "13900001234"})).accepted()
    await (await Case.sent(county)).answered()
    await (await Case.sent(county, about=about(county.office))).found()
    async with sender(county.app) as client:
        await _ok(client.post("/feedback-cards", json=new_card(county, wish="misconduct", about=about(county.village))))
    await registered(county)
    await _ok(county.client("member").post("/me/record/corrections", json=asked()))
    clerk = county.client("clerk")
    await uploaded(clerk, county.township.id)
    await _ok(clerk.post("/box-openings", json=opening(county, slips=1)))
    batch = {"organization_id": str(county.village.id), "kind": "opinion_card", "count": 2}
    await _ok(clerk.post("/feedback-batches", json=batch))
    roster = (SAMPLES / "members-gbk.csv").read_bytes()
    query = {"ledger": "member", "organization_id": str(county.township.id)}
    await _ok(clerk.post("/imports", params=query, files={"file": ("roster.csv", roster)}))
    # Decisions wait for weeks, so the clock moves with them and they come last.
    for step in ("intention_solicitation", "opinion_solicitation", "resolution", "evaluation"):
        await (await DecisionWalk.start(county)).pass_until(step)


async def _ok(sent: Any) -> httpx.Response:
    answer: httpx.Response = await sent
    assert answer.is_success, answer.text
    return answer


async def known_ids(county: County) -> dict[str, list[str]]:
    """The ids that there are, by table; a handful of each is enough."""
    found: dict[str, list[str]] = {}
    async with county.app.state.database.reader() as reader:
        for table in sorted(set(TABLES.values())):
            key = sa.column("id")
            rows = await reader.execute(
                sa.select(sa.cast(key, sa.Text)).select_from(sa.table(table)).order_by(key).limit(40)
            )
            found[table] = list(rows.scalars())
    return found
