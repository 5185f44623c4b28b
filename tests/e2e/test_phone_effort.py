"""Taps and fields of every job on the phone, counted in the page itself; more than these is a fault."""

import sys
from collections.abc import Iterator

import pytest

from tests.e2e.effort import Effort, Meter
from tests.e2e.phone import PLACE, Office, Phone, said
from tests.e2e.pictures import camera_file
from tests.e2e.test_phone_loops import DESK, take

pytestmark = pytest.mark.e2e


@pytest.fixture
def meter(phone: Phone) -> Meter:
    return Meter(phone.page)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[dict[str, Effort]]:
    """The efforts of the jobs, printed for whoever wants to read them."""
    efforts: dict[str, Effort] = {}
    yield efforts
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{job}: {effort}" for job, effort in efforts.items()) + "\n")


def needed(phone: Phone, path: str, username: str, *also: str, **changes: object) -> dict[str, object]:
    """What the open step asks for, and `also`; nothing else that may stay empty."""
    options = Office(phone.installation, username).get(path)["procedure"]["options"]
    schema = next(option["record_schema"] for option in options if option["outcome"] == "done")
    if not schema:
        return {}
    example = {**schema["examples"][0], **changes}
    return {name: example[name] for name in dict.fromkeys((*schema.get("required", ()), *also, *changes))}


def too_much(told: dict[str, Effort], limits: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The jobs that take more taps, or more fields, than their limit."""
    over = {job: told[job].figures for job, (taps, fields) in limits.items() if told[job].over(taps, fields)}
    return over if told.keys() == limits.keys() else {"jobs": (len(told), len(limits))}


def test_a_sender_needs_few_taps(phone: Phone, office: Office, meter: Meter, told: dict[str, Effort]) -> None:
    words = said("桥头的护栏松了一段")
    phone.scan()
    with meter.job() as told["give feedback"]:
        code, pin = phone.send(words, "roads")
    phone.tap("noted")
    phone.scan()
    with meter.job() as told["follow a case"]:
        phone.tap("way-track")
        phone.at("track-code").fill(code)
        phone.at("track-pin").fill(pin)
        phone.tap("track-see")
        phone.at("case").wait_for()
    phone.scan()
    with meter.job() as told["opinion on a decision"]:
        phone.tap("way-opinions")
        phone.at("open-decision").first.get_by_role("link").click()
        phone.at("opinion-words").fill(said("同意，建议把路灯往北挪一点"))
        phone.tap("opinion-send")
        phone.at("thanks").wait_for()
    card = str(office.cards(words)[0]["id"])

    path = f"/feedback-cards/{card}"
    phone.sign_in("clerk")
    with meter.job() as told["sort a card"]:
        phone.open_task(card)
        phone.fill_record({"outcome": "accept", "kind": "request", "handling_unit_id": PLACE})
        phone.act()
    phone.sign_in("village_secretary")
    with meter.job() as told["sign for a card"]:
        phone.open_task(card)
        phone.fill_record(needed(phone, path, "village_secretary"))
        phone.act()
    take(phone, "village_secretary", card)
    with meter.job() as told["answer a card"]:
        reply = "护栏当天加固，换了两根立柱，往后每月查一次。"
        phone.fill_record(needed(phone, path, "village_secretary", public_reply=reply))
        phone.act()
    phone.sign_in("secretary")
    with meter.job() as told["check an answer"]:
        phone.open_task(card)
        phone.fill_record(needed(phone, path, "secretary"))
        phone.act()
    phone.follow(code, pin)
    with meter.job() as told["rate an answer"]:
        phone.at("grade-5").check(force=True)
        phone.tap("rate-send")
        phone.page.get_by_text("您的评价是“很满意”").wait_for()

    limits = {
        "give feedback": (3, 1),
        "follow a case": (2, 2),
        "opinion on a decision": (3, 1),
        "sort a card": (5, 1),
        "sign for a card": (3, 1),
        "answer a card": (1, 3),
        "check an answer": (3, 0),
        "rate an answer": (2, 0),
    }
    assert too_much(told, limits) == {}


def test_an_item_needs_few_taps(phone: Phone, meter: Meter, told: dict[str, Effort]) -> None:
    supervisor = Office(phone.installation, "supervisor")
    item = supervisor.register(
        organization_id=supervisor.place(DESK),
        source="supervision",
        source_document="党建督查第13期",
        problem=said("村卫生室台账缺页"),
        category="safety_environment",
        affects_people=False,
        nobody_affected_reason="属内部管理事项。",
    )
    path = f"/rectifications/{item}"
    jobs = (
        ("assign an item", "supervisor", ("due_on",), {"responsible_unit_id": PLACE}),
        ("sign for an item", "village_secretary", (), {}),
        ("plan", "village_secretary", (), {}),
        ("approve a plan", "supervisor", (), {}),
        ("put right, with a photo", "village_secretary", (), {}),
        ("verify", "supervisor2", (), {}),
        ("close", "supervisor", (), {}),
    )
    for job, username, also, changes in jobs:
        phone.sign_in(username)
        with meter.job() as told[job]:
            phone.open_task(item)
            phone.fill_record(needed(phone, path, username, *also, **changes))
            if "photo" in job:
                # Choosing the picture is a tap that no page sees.
                phone.at("camera-photo").set_input_files([camera_file()])
                phone.at("evidence-file").wait_for()
                told[job].taps += 1
            phone.act()
    limits = {
        "assign an item": (5, 4),
        "sign for an item": (2, 0),
        "plan": (5, 6),
        "approve a plan": (2, 0),
        "put right, with a photo": (4, 1),
        "verify": (5, 2),
        "close": (3, 1),
    }
    assert too_much(told, limits) == {}
