"""The examples of the contract are bodies that the server accepts from those who may send them."""

from backend.api import rectification_examples as shown
from backend.api.rectification_shapes import RectificationIn
from tests.api.rectifications import Walk, ahead


async def test_examples_201_register_and_200_change_and_correct(county) -> None:
    own = {"organization_id": str(county.township.id), "responsible_unit_id": str(county.village.id)}
    RectificationIn.model_validate(shown.RECTIFICATION)
    walk = await Walk.start(county, **{**shown.RECTIFICATION, **own, "nobody_affected_reason": ""})
    headers = {"if-match": walk.version}
    changed = await walk.client("supervisor").patch(walk.path, json=shown.RECTIFICATION_CHANGE, headers=headers)
    assert changed.status_code == 200, changed.text
    walk.item = changed.json()
    assert walk.item["source_clause"] == shown.RECTIFICATION_CHANGE["source_clause"]
    corrected = await walk.post("supervisor", "/corrections", shown.CORRECTION)
    assert corrected.is_success, corrected.text


async def test_examples_200_act_transfer_merge_and_supervise(county) -> None:
    main, walk = await Walk.start(county), await Walk.start(county)
    # What has a limit is merged into no item without one.
    await main.assigned()
    await walk.assigned()
    supervised = await walk.post("supervisor", "/supervision", shown.SUPERVISION)
    assert supervised.status_code == 200, supervised.text
    signed = await walk.act("unit", **shown.ACT, record=None)
    assert signed.status_code == 200, signed.text
    to = {**shown.TRANSFER, "responsible_unit_id": str(county.office.id)}
    transferred = await walk.post("supervisor", "/transfer", to)
    assert transferred.status_code == 200, transferred.text
    merged = await walk.post("supervisor", "/merge", {**shown.MERGE, "into_id": main.item["id"]})
    assert merged.status_code == 200, merged.text
    assert walk.item["status"] == "merged"


async def test_examples_200_extension_and_bulk_assignment(county) -> None:
    walk = await Walk.start(county)
    one = {"ids": [walk.item["id"]], "responsible_unit_id": str(county.village.id)}
    assigned = await county.client("supervisor").post("/rectifications/assignments", json={**shown.ASSIGNMENTS, **one})
    assert assigned.status_code == 200, assigned.text
    later = await Walk.start(county)
    await later.assigned()
    await later.pass_until("rectifying")
    asked = await later.post("unit", "/extensions", {**shown.EXTENSION, "until": ahead(50)})
    assert asked.status_code == 200, asked.text
