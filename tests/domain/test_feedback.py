"""Rules of feedback: desks, receipts, photos, quotations; and no way through the procedure past its checks."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from PIL import Image

from backend.domain.access import SYSTEM
from backend.domain.calendar import shipped_calendar
from backend.domain.errors import Invalid
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.check import TIMES_HANDLED_ANEW, handled_anew, rerouted
from backend.domain.feedback.choice import CHANNELS, STATUSES
from backend.domain.feedback.desk import choose_desk, is_about, seal_place
from backend.domain.feedback.photo import drawn_anew
from backend.domain.feedback.repeat import LEDGER_CATEGORIES
from backend.domain.feedback.subject import status_of
from backend.domain.feedback.tracking import Tracking, UnknownCodes, delay_after, seconds_left
from backend.domain.feedback.vault import Contact, read_contact
from backend.domain.procedure.check import Caller, check
from backend.domain.procedure.example import example_for
from backend.domain.procedure.position import position
from backend.domain.procedure.settling import settled
from backend.domain.procedure.trail import Act, Position, Trail
from backend.domain.procedures.registry import current
from backend.domain.run import Wish
from backend.domain.scene import Facts

KEY = b"k" * 32


@dataclass(frozen=True)
class Node:
    path: str
    kind: str


COUNTY = Node("c/", "county_committee")
PARTY = Node("c/t/", "township_committee")
TOWN = Node("c/t/g/", "township")
VILLAGE = Node("c/t/g/v/", "village")
CHAIN = [VILLAGE, TOWN, PARTY, COUNTY]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (set(), TOWN),
        ({"@v"}, TOWN),
        ({"@other"}, TOWN),
        ({"@g"}, COUNTY),
        ({"@t"}, COUNTY),
        ({"@t", "@v"}, COUNTY),
        ({"@c"}, None),
    ],
)
def test_the_desk_is_the_nearest_that_nobody_complains_about(about: set[str], expected: Node | None) -> None:
    assert choose_desk(CHAIN, about) == expected
    assert choose_desk([COUNTY], about) == (COUNTY if expected else None)


def test_a_part_of_what_is_complained_about_is_meant_too() -> None:
    assert is_about("c/t/v/", {"@t"})
    assert not is_about("c/t/", {"@v"})


def test_a_report_is_kept_right_above_whoever_it_is_about() -> None:
    assert seal_place(CHAIN, COUNTY) == TOWN
    assert seal_place([COUNTY], COUNTY) is None
    assert seal_place([], COUNTY) == COUNTY


def test_a_receipt_follows_from_the_submission_and_the_key_alone() -> None:
    sent = uuid4()
    assert Tracking(KEY).receipt(sent) == Tracking(KEY).receipt(sent)
    assert Tracking(KEY).receipt(sent) != Tracking(b"o" * 32).receipt(sent)
    assert Tracking(KEY).receipt(sent) != Tracking(KEY).receipt(uuid4())
    assert "k" not in repr(Tracking(KEY)).replace("Tracking", "")


@given(st.uuids())
def test_a_code_is_the_same_however_it_is_typed(id: Any) -> None:
    tracking = Tracking(KEY)
    receipt = tracking.receipt(id)
    assert not set(receipt.code) & set("01OIL")
    for typed in (receipt.code.lower(), receipt.code.replace("-", ""), f" {receipt.code} "):
        assert tracking.code_hash(typed) == tracking.code_hash(receipt.code)
        assert tracking.pin_hash(typed, receipt.pin) == tracking.pin_hash(receipt.code, receipt.pin)
    assert tracking.pin_hash(receipt.code, "x") != tracking.pin_hash(receipt.code, receipt.pin)


def test_every_wrong_pin_doubles_the_wait_up_to_an_hour() -> None:
    waits = [delay_after(wrong).total_seconds() for wrong in range(1, 20)]
    assert waits[:4] == [1, 2, 4, 8]
    assert all(after == min(before * 2, 3600) for before, after in pairwise(waits))


def test_an_unknown_code_waits_as_a_known_one_does() -> None:
    codes, now = UnknownCodes(), datetime(2026, 1, 1, tzinfo=UTC)
    assert (codes.wait(b"a", now), codes.wait(b"a", now)) == (0, 1)
    now += timedelta(seconds=1)
    assert (codes.wait(b"a", now), codes.wait(b"a", now), codes.wait(b"b", now)) == (0, 2, 0)
    assert seconds_left(now + timedelta(milliseconds=1), now) == 1


def test_same_words_are_the_same_whatever_their_spacing() -> None:
    tracking, desk = Tracking(KEY), uuid4()
    assert tracking.text_hash(desk, ["@v"], "路灯 坏了ＡＢ") == tracking.text_hash(desk, ["@v"], "路灯坏了ab")
    assert tracking.text_hash(desk, ["@v"], "路灯坏了") != tracking.text_hash(desk, [], "路灯坏了")


def test_a_photo_is_upright_smaller_and_knows_nothing() -> None:
    picture = Image.new("RGB", (3000, 1500), (9, 9, 9))
    exif = picture.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "secret"
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    drawn = drawn_anew(written.getvalue())
    assert (drawn.width, drawn.height) == (1000, 2000)
    with Image.open(io.BytesIO(drawn.data)) as opened:
        assert dict(opened.getexif()) == {}
        assert opened.format == "JPEG"
    assert b"secret" not in drawn.data
    assert b"Exif" not in drawn.data


@given(st.binary(max_size=200))
def test_whatever_is_no_picture_is_refused(data: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF0000WEBP"):
        with pytest.raises(Invalid):
            drawn_anew(start + data)


def test_contact_details_are_stored_in_one_form() -> None:
    assert read_contact("陶 秀英", "199-0000-3355") == Contact("陶秀英", "19900003355")
    assert isinstance(read_contact("陶秀英", "no"), list)


def test_data_have_words_in_both_languages_and_a_place_in_the_ledger() -> None:
    for title in (*CATEGORIES.values(), *STATUSES.values(), *(one.title for one in CHANNELS.values())):
        assert set(title) == {"zh-CN", "en"}
    assert set(LEDGER_CATEGORIES) == set(CATEGORIES)


PROCEDURE = current("feedback")
ACCUSED, UNIT = "@accused", "@unit"
FACTS = Facts(parties={"complained_about": frozenset({ACCUSED}), "handling_unit": frozenset({UNIT})})
ROLES = frozenset({"clerk", "township_admin", "county_admin", "secretary", "supervisor"})
SENDER = Caller("sender", frozenset({"sender"}))
PEOPLE = [
    SENDER,
    Caller(str(SYSTEM.account_id), frozenset({"system"})),
    Caller("desk", frozenset({"clerk"})),
    Caller("unit-1", ROLES, frozenset({UNIT})),
    Caller("unit-2", frozenset({"clerk", "secretary"}), frozenset({UNIT})),
    Caller("leader", frozenset({"secretary", "township_admin"})),
    Caller("supervisor", frozenset({"supervisor"})),
    Caller("accused", ROLES, frozenset({ACCUSED, UNIT})),
]
GRADES = ["1", "2", "3", "4", "5", "none"]
REASON = "所反映的事项已由县供水公司受理办理。"


class AnyLifeOfACard(RuleBasedStateMachine):
    """Whoever tries whatever in any order, with the rating as it works."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 1, tzinfo=UTC)
        self.trail = Trail(self.now)
        self.dissatisfied = 0

    @property
    def here(self) -> Position:
        return position(PROCEDURE, self.trail, shipped_calendar())

    def attempt(self, caller: Caller, wish: Wish) -> bool:
        wish = rerouted(self.here, wish)
        act = Act(
            step=wish.step,
            outcome=wish.outcome,  # type: ignore[arg-type]  # drawn from what there is
            by=caller.person,
            at=self.now,
            reason=wish.reason,
            record=wish.record,
            to=wish.to,
        )
        if check(PROCEDURE, self.trail, act, caller, FACTS, shipped_calendar()):
            return False
        self.trail = self.trail.with_act(settled(PROCEDURE, self.trail, act, FACTS, shipped_calendar()))
        return True

    def record(self, **changes: Any) -> dict[str, Any] | None:
        here = self.here
        assert here.step
        assert here.opened_at
        found = example_for(PROCEDURE.step(here.step), self.now, here.opened_at)
        return {**found, **changes} if found is not None else None

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(caller=st.sampled_from(PEOPLE), grade=st.sampled_from(GRADES))
    def someone_goes_on(self, caller: Caller, grade: str) -> None:
        here = self.here
        if here.step is None:
            return
        if here.step == "rating":
            before = handled_anew(here)
            if self.attempt(caller, Wish(step="rating", outcome="done", record={"grade": grade, "by": "sender"})):
                after = self.here
                if grade in ("1", "2"):
                    expected = "processing" if before < TIMES_HANDLED_ANEW else "review"
                    assert after.step == expected
                else:
                    assert after.state == "closed"
            return
        self.attempt(caller, Wish(step=here.step, outcome="done", record=self.record()))

    @rule(caller=st.sampled_from(PEOPLE), outcome=st.sampled_from(["not_accept", "transfer", "seal", "merge"]))
    def someone_ends_it_at_sorting(self, caller: Caller, outcome: str) -> None:
        if self.here.step == "triage":
            record = {"outcome": outcome, "reason": REASON, "where_to_go": "县供水公司", "merged_into_id": str(uuid4())}
            self.attempt(caller, Wish(step="triage", outcome="done", record=record))

    @rule(caller=st.sampled_from(PEOPLE), to=st.sampled_from([step.key for step in PROCEDURE.steps]))
    def someone_sends_it_back(self, caller: Caller, to: str) -> None:
        # From a rating nothing goes back but by the rating itself: the verb sees to that.
        if self.here.step and self.here.step != "rating":
            self.attempt(caller, Wish(step=self.here.step, outcome="returned", to=to, reason="why"))

    @rule(caller=st.sampled_from(PEOPLE))
    def someone_withdraws(self, caller: Caller) -> None:
        if self.here.step and len(self.trail.acts) > 6:
            self.attempt(caller, Wish(step=self.here.step, outcome="withdrawn", reason="why"))

    @invariant()
    def no_accepted_card_is_closed_without_answer_approval_and_rating(self) -> None:
        here, acts = self.here, self.trail.acts
        status_of(here)
        if here.state != "closed" or here.result != "accept":
            return
        in_force = {state.key: acts[state.acts[-1]] for state in here.steps if state.state == "done"}
        assert {"triage", "sign_for", "processing", "reply_approval", "rating"} <= set(in_force)
        assert in_force["processing"].record
        assert in_force["processing"].record["public_reply"]
        assert in_force["reply_approval"].by != in_force["processing"].by
        rating = in_force["rating"].record
        assert rating
        if rating["grade"] in ("1", "2"):
            assert "review" in in_force
            assert in_force["review"].by not in (in_force["processing"].by, in_force["reply_approval"].by)

    @invariant()
    def whoever_is_complained_about_never_acts_and_others_than_the_unit_never_handle(self) -> None:
        assert "accused" not in {act.by for act in self.trail.acts}
        done = {act.by for act in self.trail.acts if act.step in ("sign_for", "processing") and act.outcome == "done"}
        assert done <= {"unit-1", "unit-2"}
        rated = {act.by for act in self.trail.acts if act.step == "rating"}
        assert rated <= {"sender", "supervisor", "unit-1", str(SYSTEM.account_id)}

    @invariant()
    def the_sender_alone_withdraws_and_not_after_the_answer(self) -> None:
        for act in self.trail.acts:
            if act.outcome == "withdrawn":
                assert act.by == "sender"
                assert act.step not in ("rating", "review")


TestAnyLifeOfACard = AnyLifeOfACard.TestCase
TestAnyLifeOfACard.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)


@given(grades=st.lists(st.sampled_from(["1", "2"]), min_size=3, max_size=3))
@settings(max_examples=10, deadline=None)
def test_the_third_dissatisfaction_always_reaches_review(grades: list[str]) -> None:
    life = AnyLifeOfACard()
    desk, one, leader = PEOPLE[2], PEOPLE[4], PEOPLE[5]
    for caller in (desk, one):
        life.someone_goes_on(caller, "3")
    for times, grade in enumerate(grades, 1):
        life.someone_goes_on(one, "3")
        life.someone_goes_on(leader, "3")
        assert life.here.step == "rating"
        life.someone_goes_on(SENDER, grade)
        assert life.here.step == ("processing" if times < 3 else "review")
    assert life.here.state == "open"
