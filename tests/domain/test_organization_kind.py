import pytest

from backend.domain.organization_kind import ORGANIZATION_KINDS, kind_title, kind_titled, may_stand_under


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("县委", "county_committee"),
        ("乡党委", "township_committee"),
        ("街道党工委", "township_committee"),
        ("内设机构", "office"),
        ("联合党支部", "joint_branch"),
        ("临时党支部", "provisional_branch"),
        ("村务监督委员会", "supervision_committee"),
        ("集体经济组织", "collective_economic_organization"),
        ("广场舞队", None),
    ],
)
def test_titles_name_their_kind(title: str, kind: str | None) -> None:
    assert kind_titled(title) == kind


def test_no_title_names_two_kinds() -> None:
    titles = [title for kind in ORGANIZATION_KINDS.values() for title in kind.titles]
    assert len(titles) == len(set(titles))


def test_parents_are_kinds_and_every_kind_can_be_reached_from_a_root() -> None:
    assert all(kind.parents <= ORGANIZATION_KINDS.keys() for kind in ORGANIZATION_KINDS.values())
    reached = {key for key, kind in ORGANIZATION_KINDS.items() if kind.is_root}
    while more := {k for k, kind in ORGANIZATION_KINDS.items() if kind.parents & reached} - reached:
        reached |= more
    assert reached == ORGANIZATION_KINDS.keys()


def test_parents_of_a_lower_kind_are_not_allowed() -> None:
    assert may_stand_under("village", "management_district")
    assert may_stand_under("party_branch", "general_branch")
    assert may_stand_under("county_committee", None)
    assert not may_stand_under("township_committee", "village")
    assert not may_stand_under("village", "party_branch")
    assert not may_stand_under("village", None)


def test_shows_the_title_that_the_name_ends_with() -> None:
    assert kind_title("township_committee", "和井乡党委") == "乡党委"
    assert kind_title("township_committee", "和井镇党委") == "镇党委"
    assert kind_title("party_branch") == "党支部"
