"""Who may hold what together."""

from datetime import UTC, datetime
from itertools import combinations

import pytest

from backend.domain.access import ROLE_PERMISSIONS
from backend.domain.duty import DUTIES, EXCLUSIVE, RESERVED, SHARED, Held, conflict


def test_what_is_reserved_is_held_by_one_role_only() -> None:
    for permission, role in RESERVED.items():
        assert [held for held, given in ROLE_PERMISSIONS.items() if permission in given] == [role], permission


def test_administrators_do_none_of_the_work() -> None:
    working = frozenset().union(*(given for role, given in ROLE_PERMISSIONS.items() if role not in EXCLUSIVE))
    for role in EXCLUSIVE:
        extra = ROLE_PERMISSIONS[role] & working - SHARED
        # The own inbox is nobody's work: the auditors' holds the alarms about the log.
        assert extra <= {"organization:read", "event:read", "notice:read", "demo:clock"}, role


def test_no_administrator_both_makes_accounts_and_says_what_they_may() -> None:
    for role, given in ROLE_PERMISSIONS.items():
        assert not {"account:write", "grant:write"} <= given, role


def test_payer_approver_and_auditor_are_three_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """No role pays yet; the first one that does needs its line in DUTIES and is kept apart from that moment."""
    monkeypatch.setitem(DUTIES, "cashier", "payer")
    at = datetime(2026, 11, 30, tzinfo=UTC)
    for one, other in combinations(("cashier", "secretary", "inspector"), 2):
        above, below, beside = (Held(role, path, at) for role, path in ((one, "c/"), (other, "c/t/"), (other, "d/")))
        assert conflict([above], below) is above, (one, other)
        assert conflict([below], above) is below, (one, other)
        assert conflict([above], beside) is None, (one, other)


def test_of_writing_approving_checking_auditing_and_discipline_nobody_does_two() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    five = ("clerk", "secretary", "supervisor", "inspector", "discipline_officer")
    for one, other in combinations(five, 2):
        assert conflict([Held(one, "c/t/", at)], Held(other, "c/t/", at)) is not None, (one, other)
        assert conflict([Held(one, "c/", at)], Held(other, "c/t/", at)) is not None, (one, other)
        assert conflict([Held(one, "c/t/", at)], Held(other, "c/u/", at)) is None, (one, other)


def test_who_reviews_legality_neither_writes_nor_approves_and_may_check() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    reviewer = Held("legal_reviewer", "c/t/", at)
    for role, is_apart in (("clerk", True), ("secretary", True), ("supervisor", False), ("inspector", False)):
        assert (conflict([reviewer], Held(role, "c/t/", at)) is not None) is is_apart, role


def test_who_writes_is_not_who_approves() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    for author in ("clerk", "township_admin", "county_admin"):
        for approver in ("secretary", "supervisor", "legal_reviewer", "discipline_officer", "inspector"):
            assert conflict([Held(author, "c/t/", at)], Held(approver, "c/t/", at)) is not None, (author, approver)
