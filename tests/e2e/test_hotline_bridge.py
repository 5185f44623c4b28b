"""The hotline's bridge that the documents offer: orders in, what became of them out, nothing twice."""

import json
import re
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Installation
from tests.e2e.phone import Office, said
from tests.e2e.programs import rows, run, running, until

pytestmark = pytest.mark.e2e

ORDERS = "SELECT result, card, number, receipt, status, problem FROM work_order ORDER BY id"


def order(id: str, place: str, category: str, content: str) -> dict[str, Any]:
    taken = {"began": "2026-11-09T01:10:00Z", "ended": "2026-11-09T01:14:00Z"}
    return {"id": id, "place": place, "category": category, "content": content, **taken}


def written(file: Path, *orders: dict[str, Any]) -> Path:
    file.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in orders), encoding="utf-8")
    return file


def webhook_to(installation: Installation, url: str) -> str:
    """One that leads to the bridge, set up by one administrator and confirmed by another; its secret."""
    keeper, confirmer = Office(installation, "system_admin"), Office(installation, "security_admin")
    body = {"client_id": client_of(keeper), "url": url, "resources": ["feedback-cards"], "types": []}
    made = keeper.asked("POST", "/webhooks", json=body)
    hook = keeper.get(f"/webhooks/{made['id']}")
    body = {"url": url, "reason": "与热线中心核对过"}
    confirmer.asked("POST", f"/webhooks/{made['id']}/confirmation", json=body, headers=match(hook))
    return str(made["secret"])


def client_of(keeper: Office) -> str:
    return str(next(each["id"] for each in keeper.get("/clients")["items"] if each["client_id"] == "county-platform"))


def match(record: dict[str, Any]) -> dict[str, str]:
    return {"if-match": f'"{record["version"]}"'}


def act(office: Office, card: str) -> None:
    """Do the open step as its example does."""
    record = office.example(f"/feedback-cards/{card}") | {"handling_unit_id": office.place("榆桥镇党委")}
    seen = office.get(f"/feedback-cards/{card}")
    step = seen["procedure"]["options"][0]["step"]
    office.asked(
        "POST",
        f"/feedback-cards/{card}/acts",
        json={"step": step, "outcome": "done", "record": record},
        headers=match(seen),
    )


def test_orders_become_cards_once_and_the_hotline_learns_what_became_of_them(
    installation: Installation, tmp_path: Path
) -> None:
    file, clerk = tmp_path / "hotline.sqlite", Office(installation, "clerk")
    code = f"0417-{secrets.token_hex(3)}"
    place = clerk.place("柳塘村")
    orders = written(
        tmp_path / "orders.jsonl",
        order(said("RX-1"), place, "lamps", said("路灯不亮")),
        order(said("RX-2"), place, code, said("水渠漏水")),
        order(said("RX-3"), place, "lamps", ""),
        order(said("RX-4"), place, code, said("桥栏杆松动")) | {"ended": "2036-11-09T01:14:00Z"},
    )
    words = ["push", str(orders), "--file", str(file)]
    pushed = run(installation, "hotline_bridge", *words)
    assert pushed.returncode == 1, pushed.stdout + pushed.stderr
    came, waits, refused, unheard = rows(file, ORDERS)
    assert (came[0], came[4]) == ("created", "received")
    assert re.fullmatch(r"\S+ \d{4,8}", came[3])
    assert (waits[0], waits[1]) == ("waiting", None), waits
    assert code in waits[5]
    assert (refused[0], "/content" in refused[5]) == ("refused", True)
    assert unheard[0] == "waiting"

    client = client_of(Office(installation, "system_admin"))
    means = {"client_id": client, "resource": "feedback-cards", "field": "category", "code": code, "value": "roads"}
    clerk.asked("POST", "/mappings", json=means)

    # Sent again, nothing is doubled.
    run(installation, "hotline_bridge", *words)
    assert rows(file, ORDERS)[0][:3] == ("unchanged", *came[1:3])

    with running(installation, "hotline_bridge", "listen", "--file", str(file), "--port", "0") as deaf:
        assert deaf.stdout
        url = re.search(r"http\S+", deaf.stdout.readline())[0]
        forged = httpx.post(url, content=b"{}", headers={"webhook-id": "1", "webhook-timestamp": "1"})
        assert forged.status_code == 401
        port = url.rstrip("/").rpartition(":")[2]
    secret = webhook_to(installation, url)
    listening = ["listen", "--file", str(file), "--port", port, "--webhook-secret", secret, "--every", "2"]
    with running(installation, "hotline_bridge", *listening):
        act(clerk, came[1])
        until(lambda: rows(file, "SELECT 1 FROM work_order WHERE card = ? AND status != 'received'", came[1]))
        until(lambda: rows(file, "SELECT 1 FROM work_order WHERE id LIKE 'RX-2%' AND card IS NOT NULL"))
        # What was refused once its code was known is not forgotten: the hotline learns why, and what became of it.
        until(
            lambda: rows(file, "SELECT 1 FROM work_order WHERE result = 'waiting' AND problem LIKE '%/call/ended_at%'")
        )
        row = next(one for one in clerk.get("/mapping-queue")["items"] if one["source_id"].startswith("RX-4"))
        why = {"reason": said("热线中心已更正")}
        clerk.asked("POST", f"/mapping-queue/{row['id']}/dismissal", json=why, headers=match(row))
        until(
            lambda: rows(
                file, "SELECT 1 FROM work_order WHERE result = 'dismissed' AND problem LIKE ?", f"%{why['reason']}%"
            )
        )
    assert rows(file, "SELECT count(*), count(DISTINCT id) FROM message") == rows(
        file, "SELECT count(*), count(*) FROM message WHERE done"
    )
