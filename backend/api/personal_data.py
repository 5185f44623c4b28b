"""What personal data the county holds, why and how long: the map for those who work here, the notice for everybody."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from backend.api.deps import ActorDep, LanguageDep
from backend.api.errors import refusals
from backend.api.shapes import Answer
from backend.domain.member_correction import ANSWER_DAYS, FINISH_DAYS
from backend.domain.personal_data import NOTICE, data_map

router = APIRouter(tags=["personal_data"])


class HoldingOut(Answer):
    """One kind of personal data: whose, why, on which ground, from where, who reads it, how long it is kept (`period`,
    counted from `since`) and what becomes of it `then`."""

    key: str
    what: str
    whose: str
    why: str
    basis: str
    source: str
    readers: str
    roles: Annotated[list[str], Field(description="The roles that let staff read it; none where only the person does.")]
    sensitive: bool
    kept: str
    period: str
    since: str
    then: str
    retention_basis: str


class DataMapOut(Answer):
    items: list[HoldingOut]


class PublicHolding(Answer):
    what: str
    whose: str
    why: str
    basis: str
    readers: str
    period: str
    since: str
    then: str


class PrivacyNoticeOut(Answer):
    """The notice that the law asks for (PIPL 17), in plain words; days are working days."""

    who: list[str]
    principles: list[str]
    rights: list[str]
    not_shown: list[str]
    answer_days: int
    finish_days: int
    holdings: list[PublicHolding]


@router.get("/personal-data/map", name="get_map", response_model=DataMapOut, responses=refusals())
async def map_(language: LanguageDep, actor: ActorDep) -> DataMapOut:
    """Every kind of personal data that is held, with purpose, legal basis, time and readers."""
    return DataMapOut(items=[HoldingOut.model_validate(holding) for holding in data_map(language)])


@router.get("/public/privacy", name="get_notice", response_model=PrivacyNoticeOut)
async def notice(language: LanguageDep) -> PrivacyNoticeOut:
    """What everybody may know of how personal data is handled, and how to use one's rights; needs no account."""
    said = NOTICE[language]
    shown = PublicHolding.model_fields
    return PrivacyNoticeOut(
        who=said["who"],
        principles=said["principles"],
        rights=said["rights"],
        not_shown=said["not_shown"],
        answer_days=ANSWER_DAYS,
        finish_days=FINISH_DAYS,
        holdings=[PublicHolding.model_validate({part: one[part] for part in shown}) for one in data_map(language)],
    )
