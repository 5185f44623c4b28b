"""What is too large, too deep or too much, wherever it is sent."""

import time

import httpx

from backend.api.limits import JSON_LIMIT
from backend.api.throttle import Throttle
from tests.api.decisions import new_decision


async def test_any_body_400_for_five_hundred_levels(county) -> None:
    client = county.client("clerk")
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        text = opening * 500 + "1" + closing * 500
        for path in ("/decisions", "/members", "/feedback-cards"):
            answer = await client.post(path, content=text, headers={"content-type": "application/json"})
            assert answer.status_code in (400, 422), answer.text
        deep = '{"step": "x", "outcome": "done", "record": {"a": ' + text + "}}"
        acted = await client.post(
            f"/decisions/{county.county.id}/acts",
            content=deep,
            headers={"content-type": "application/json", "if-match": '"1"'},
        )
        assert (acted.status_code, acted.json()["code"]) in ((422, "invalid"), (400, "json_invalid"))


async def test_any_body_422_for_a_hundred_thousand_keys_names_a_hundred(county) -> None:
    many = ",".join(f'"a{number}":1' for number in range(80_000))
    text = "{" + many + "}"
    assert len(text) < JSON_LIMIT
    begun = time.monotonic()
    answer = await county.client("clerk").post("/decisions", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100
    assert len(answer.content) < 50_000
    assert time.monotonic() - begun < 30


async def test_any_body_413_however_it_is_declared(county) -> None:
    client = county.client("clerk")

    async def dripping():
        for _ in range(20):
            yield b" " * 65536

    json_type = {"content-type": "application/json"}
    for content in (b" " * (JSON_LIMIT + 1), dripping()):
        answer = await client.post("/decisions", content=content, headers=json_type)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_upload_4xx_for_more_parts_than_a_form_has(county) -> None:
    files = [("file", (f"{number}.pdf", b"%PDF-1.4\n")) for number in range(1100)]
    answer = await county.client("clerk").post(
        "/attachments", data={"organization_id": str(county.township.id)}, files=files
    )
    assert answer.status_code == 400
    fields = {f"f{number}": "x" for number in range(1100)}
    answer = await county.client("clerk").post("/attachments", data=fields, files=files[:1])
    assert answer.status_code == 400


async def test_list_422_for_a_page_of_a_hundred_thousand_and_a_sorting_that_there_is_not(county) -> None:
    client = county.client("clerk")
    for query, pointer, code in (
        ({"limit": 100_000}, "/limit", "field_less_than_equal"),
        ({"sort": "password_hash"}, "/sort", "query_unknown"),
        ({"organization_id": str(county.township.id), "order_by": "1; DROP"}, "/order_by", "query_unknown"),
    ):
        answer = await client.get("/members", params=query)
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_anything_429_for_an_account_that_asks_without_end(county) -> None:
    account = await county.account("clerk", county.township)
    client = county.client(account)
    throttles = county.app.state.throttles
    kept = throttles.pop("account", None)
    throttles["account"] = Throttle(3, 60)
    try:
        answers: list[httpx.Response] = [await client.get("/me") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert (answers[-1].json()["code"], int(answers[-1].headers["retry-after"]) <= 60) == ("too_often", True)
        assert (await county.client("secretary").get("/me")).status_code == 200, "others are not held up by it"
        assert str(account.id) not in repr(vars(throttles["account"]))
    finally:
        throttles.pop("account")
        if kept is not None:
            throttles["account"] = kept


async def test_start_422_for_numbers_and_days_that_no_machine_holds(county) -> None:
    client = county.client("clerk")
    for held in ("10000-01-01", "0000-00-00", "2026-02-30", "-1", 1e308, 2**70, "2026-06-01T00:00:00+99:00"):
        body = new_decision(county)
        body["five_w_one_h"] = {**body["five_w_one_h"], "when": {"start_on": held, "due_on": held}}
        answer = await client.post("/decisions", json=body)
        assert answer.status_code == 422, held
        assert answer.json()["errors"][0]["pointer"].startswith("/five_w_one_h/when")
    for text in ('{"limit": Infinity}', '{"a": 1e999999}', '{"a": NaN}', "\ufeff{}", '{"a": ' + "9" * 5000 + "}"):
        answer = await client.post("/decisions", content=text.encode(), headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), text[:20]
