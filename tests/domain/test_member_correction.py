"""The limits of a correction that a person asks for (handbook 3.1)."""

from datetime import UTC, datetime

from backend.domain.member_correction import finish_limit


def test_a_correction_is_over_on_the_fifteenth_working_day_holidays_not_counted() -> None:
    # Asked for on a Monday; the nineteenth of June 2026 is the Dragon Boat Festival.
    asked = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    assert finish_limit(asked) == datetime(2026, 6, 23, 15, 59, 59, tzinfo=UTC)


def test_the_day_of_asking_is_the_day_in_china() -> None:
    late_on_the_first = datetime(2026, 6, 1, 15, 59, tzinfo=UTC)
    early_on_the_second = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
    assert finish_limit(late_on_the_first) == datetime(2026, 6, 23, 15, 59, 59, tzinfo=UTC)
    assert finish_limit(early_on_the_second) == datetime(2026, 6, 24, 15, 59, 59, tzinfo=UTC)
