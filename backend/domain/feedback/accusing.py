"""What makes a card one that accuses somebody: its wish, its category, or its words. Pure; the words are data."""

import re
import unicodedata

from backend.db.feedback import CardWish
from backend.domain.feedback.category import ATTITUDE

# What is said of how somebody behaves, and of nothing else; each is a pattern over words without spaces.
_CONDUCT = (
    # Money and goods that are not theirs.
    "自己(的)?(口袋|腰包|荷包|兜里)|中饱私囊|私吞|私分|私设|小金库|截留|克扣|挪用|侵占|侵吞|套取|冒领|虚报|吃空饷|公款",
    # Presents and favours.
    "吃拿卡要|索要|索贿|受贿|行贿|贿赂|贿选|好处费|辛苦费|回扣|红包|送礼|收礼|吃请|宴请|敛财",
    "收(了|受|过|我|他|她|人|家|们|两|几|一|三|条|包工头|老板|村民|个|的){0,8}(礼|烟|酒|贿|好处|购物卡|土特产)",
    "收(了|过)(我|他|她|人家|包工头|老板|开发商|村民|群众)",
    "收钱(才|不|就)",
    "(?<!不)贪(?![玩睡图便黑早晚吃嘴])",
    # Power used for oneself.
    "以权谋私|滥用职权|优亲厚友|徇私|舞弊|弄虚作假|假公济私|暗箱|违规(操作|发放|收|占|吃喝|报销)|渎职|不作为|乱作为|包庇|打击报复",
    # How people are treated.
    "态度(很|太|非常|极其|特别|十分)?(恶劣|差|蛮横|冷漠|生硬|粗暴)|辱骂|骂(人|我|老|群众|村民)|打(人|骂)|吼|刁难|推诿|推来推去|耍横|威胁|恐吓|欺压|欺负",
)
_ACCUSING = re.compile("|".join(_CONDUCT))


def words_accuse(*texts: str) -> bool:
    """Whether one of these texts says of somebody that they behaved badly."""
    return any(_ACCUSING.search("".join(unicodedata.normalize("NFKC", text).split())) for text in texts)


def is_of_conduct(wish: CardWish, category: str, *texts: str) -> bool:
    """Whether a card speaks of how somebody behaved: by its category, as phones choose it with three taps, or by its
    words, whatever else it asks for. Praise does not."""
    if wish is CardWish.praise:
        return False
    return wish is CardWish.misconduct or category == ATTITUDE or words_accuse(*texts)


def accuses(wish: CardWish, of_conduct: bool) -> bool:
    """Whether a card accuses somebody: it says so, or it `is_of_conduct`."""
    return of_conduct or wish in (CardWish.complaint, CardWish.misconduct)
