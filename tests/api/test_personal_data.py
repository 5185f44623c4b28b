"""What is held of people, for those who work here and for everybody."""

from backend.domain.personal_data import HOLDINGS


async def test_get_map_200_for_everybody_who_is_signed_in(county) -> None:
    for who in ("clerk", "member"):
        answer = await county.client(who).get("/personal-data/map")
        assert answer.status_code == 200
        assert [item["key"] for item in answer.json()["items"]] == [holding.key for holding in HOLDINGS]
    items = {item["key"]: item for item in answer.json()["items"]}
    contact = items["feedback_contact"]
    assert (contact["period"], contact["roles"]) == ("2年", ["clerk", "supervisor"])
    assert items["member_identity"]["sensitive"]


async def test_get_map_401_anonymous(anonymous) -> None:
    assert (await anonymous.get("/api/v1/personal-data/map")).status_code == 401


async def test_get_notice_200_for_everybody_in_both_languages(anonymous) -> None:
    for language, period in (("zh-CN", "2年"), ("en", "2 years")):
        answer = await anonymous.get("/api/v1/public/privacy", headers={"accept-language": language})
        said = answer.json()
        assert answer.status_code == 200
        assert (said["answer_days"], said["finish_days"]) == (5, 15)
        assert all(said[part] for part in ("who", "principles", "rights", "not_shown"))
        assert period in {holding["period"] for holding in said["holdings"]}
