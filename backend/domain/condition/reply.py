"""Conditions on answers to people: what can be checked, what was done, and on what ground nothing can be (1.1.3).

A machine does not judge whether an answer is good. It looks for what no empty answer has: something that its reader can
go and check (a day, an amount, a place or office, a document, who does it), beside it what was or will be done, and
where it says no, the ground for it and where to turn. Whoever is refused is told which of these is missing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from backend.domain.condition.vocabulary import TEXT, Params, word
from backend.domain.condition.wording import LEAST_CHARACTERS, is_short, without_stock
from backend.domain.errors import Problem
from backend.domain.scene import Scene

LEAST_DEED = 2
"""So many different characters say what was done, beside stock words and beside what can be checked: 更换."""
LEAST_GROUND = 2

_SPACES = re.compile(r"\s+")
_CLAUSES = re.compile(r"[,，。;；!！?？]|(?<!\d)[.:](?!\d)|(?=已)")

# Numbers in these say nothing: they are sayings.
_SAYINGS = re.compile(
    "[四三五]个(?:意识|自信|必须|代表|一律)|两个(?:维护|确立)|[三五]位一体|三令五申|第一时间|一年四季|一年到头|一天到晚|三天两头"
    "|千家万户|百分之百|十分|万分|一对一|一站式|一条龙|一揽子"
)
_FEW, _MANY = "一二两三四五六七八九十", "〇零一二两三四五六七八九十百千万亿"
_UNITS = (
    "平方米|立方米|公里|千米|厘米|毫米|公斤|千克|万元|元|块钱|分钟|小时|个?工作日|个?月|季度|周岁|岁|[盏处户吨斤米亩台套张块根棵株座间栋幢层辆只扇趟"
    "班页笔瓦桶袋箱车遍段组单元]|日内|天|周|星期|年|%|倍"
)
_LOOSE = "[个件位名次种项条道家口份类级期部把支号场人本]"
"""Words that count anything: 一个 and 一次 are no amounts, 三个 is one."""
_DAY = (
    r"\d{4}年|\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[日号]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?<!\d)\d{1,2}:\d{2}|\d{1,2}点"
    rf"|[{_FEW}]{{1,3}}点(?=[半前后钟起到开以])"
    f"|[{_FEW}]{{1,3}}月(?:份|底|初|[上中下]旬|[{_FEW}]{{1,3}}[日号])?|[{_FEW}廿]{{2,3}}[日号]"
    f"|[正冬腊]月|初[{_FEW}]|(?:周|星期|礼拜)[一二三四五六日天末]|[上本这下]个?[周月]|[上中下]旬|月[底初]|年[底初]|春节|元旦|清明|五一|端午"
    "|中秋|国庆|元宵|重阳|除夕|汛期|雨季|秋收|春耕|暑假|寒假|开学|[今明去]年|[今昨前明后当次]天|[今昨明当次]日|[今昨当]晚|[今昨明]早|即日起"
    "|每(?:天|日|周|月|季度?|年|晚|半年)"
)
_AMOUNT = (
    rf"\d+(?:\.\d+)?(?:{_UNITS}|{_LOOSE}|[A-Za-z]+)"
    f"|(?=[{_MANY}]{{0,12}}[二两三四五六七八九十])[{_MANY}]{{1,12}}多?(?:{_UNITS}|{_LOOSE})"
    f"|一(?:平方米|公里|[盏户吨亩台套张块根棵株座栋幢辆扇车段组])|[一半](?:天|周|年|小时|个?月|星期|季度)(?=[内前后]|之内|以内)|半个?[月年天]"
)
_NO_NAME = "我本该各贵全某农乡城驻行然政此这那每哪所进到在回离入的"
_OFFICE = (
    "供电所|派出所|财政所|司法所|林业站|水利站|农技站|经管站|养护站|文化站|变电站|泵站|卫生院|卫生室|医院|小学|中学|幼儿园|养老院|敬老院|信用社"
    "|合作社|服务中心|服务大厅|便民窗口|自来水厂|水厂|供水公司|供电公司|物业公司|公交公司|交警队|施工队|纪委|法院|检察院|[\u4e00-\u9fff]{2}局"
    "|党政办|经发办|(?<![关的])窗口|公安|城管|物业"
)
_PLACE = (
    f"[\u4e00-\u9fff]{{1,2}}(?<![{_NO_NAME}])(?:村(?![民里干支委两])|镇|乡|社区|小区|巷|街|大道|广场|公园|市场|水库)"
    "|[\u4e00-\u9fff]{1,2}(?<![道马公走线电一思出水小大山土铺修过网半门])路(?![灯面况口人边过由])"
    "|(?:村|路|桥|巷|沟|街|门|河|井|库|校)[口头边东西南北](?![头])|[东西南北]头|桥洞|公[开示告]栏|村务公开室|泵房|活动室|公厕|停车场|便民服务|号楼"
)
_WHO = "电工|保洁员|网格员|护林员|管水员|水管员|村医|养护工|维修工|包村干部|驻村干部|第一书记|[河林路]长"
_PAPER = rf"《[^》]{{2,}}》|[〔\[(]\d{{4}}[〕\])]\d+号|第[\d{_MANY}]+条"
_CHECKABLE = re.compile("|".join((_PAPER, _DAY, _AMOUNT, _OFFICE, _PLACE, _WHO)))

# What may stand beside a day without saying what was done on it.
_FILLER = re.compile(
    "群众|村民|居民|百姓|大家|得到|满意|结果|说法|交代|现场|人员|专人|派人|前往|近[日期]|日前|以来|目前|届时|之[前后内]|办[好妥理]|[搞做弄抓]好"
    "|落地|见效|改善|改进|提升|优化|保障|确保|力争|做到|重点|全力|力度|加大|机制|长效|一直|不断|切实|充分|组织|启动|着手|负责|明确|要求|本人|[上下]午|[早晚]上"
    "|来[信电访]|收悉|召开|专题|会议|会商|研判|部署|责任|压实|批示|指示|亲自|督办|圆满|班子|成员|党委|政府|党组|政治|站位|提高|思想|认识"
    "|[很前内后起于在到和等就都也为有所把由向对以来去能可应该此这那再还又并及与或村镇乡县们个我]"
)

_NO = re.compile(
    "无法|不能|不予|不属|无权|没有?权|不符合?|不在|不具备|没有?条件|[未没]列入|暂不|暂缓|不可(?!回收|避免|少|抗)|[做办修管]不了|解决不了|没法|不同意|不批准|不宜"
)
_IF = re.compile("^.{0,3}?(?:如果?|若|要是|假如|万一|今后|以后)")
_DOES = re.compile("已|将|了(?!解)|定于|预计|计划|拟|起(?!诉|来)|改为|列入|动工|开工|完工|会在")
_TOLD = re.compile("说明|解释|告知|沟通|劝")
_WAY = re.compile(
    "(?:请|可以?|建议|欢迎)您?[^,，。;；]{0,10}?(?:到|去|向|找|联系|拨打|咨询|登录|申请|反映|起诉|申诉|提起|协商|来)(?P<where>[^,，。;；]*)"
)
_LINE = re.compile(r"(?<!\d)(?:12345|12388|12333|12348|12369|12315|95598)(?!\d)|诉讼|行政复议|仲裁|人民调解")
_GROUND = re.compile(
    "(?:根据|依据|按照?|依照?)(?P<rule>[^,，。;；]{1,40}?)"
    "(?:条例|办法|规定|规划|通知|意见|标准|细则|政策|协议|合同|章程|方案|决议|批复|要求|法(?![院定]))"
    r"|(?:因为?(?![此而])|由于|鉴于|属于?|经查|经核实?|超过|不足|不满|未满|低于|高于|是|系)(?P<fact>[^,，。;；]*)"
    "|(?:已经?|正)(?P<going>[^,，。;；]{0,40}?(?:诉讼|判决|裁定|仲裁|立案|起诉|打官司|终结|过期|撤销|移交|拆除))"
    "|在(?P<within>[^,，。;；]{1,40}?)(?:范围|红线|保护区|规划区|期)?[内中]"
    "|由(?P<whose>[^,，。;；]{1,40}?)(?:管理|制定|负责|承担|实施|决定|审批|建设|所有|管辖|经营|出资|维护|受理|处理|审理)"
)
_VAGUE = re.compile(
    "相关|有关|上级|现行|国家|文件|政策|规定|法律|法规|法|要求|精神|制度|程序|部门|单位|机关|职能|主管|条件|原因|实际|情况|客观|历史|各种|种种|特殊"
    "|您|反映|问题|事项|诉求|范围|职责|权限|我们?|本|不|无|没|能|属于?|符合?|办理|解决|处理|受理|咨询|联系|窗口|电话|去|到|向|找|的|目前|暂时"
)


def is_refusal(text: str) -> bool:
    """Whether an answer says no, and of nothing but the telling of it that it was or will be done."""
    clauses = list(_clauses(text))
    if not any(map(_says_no, clauses)):
        return False
    return not names_something(text) or not any(
        _DOES.search(one) and _deed(_TOLD.sub("", one)) >= LEAST_DEED
        for one in clauses
        if not _says_no(one) and not _WAY.search(one) and not _IF.match(one)
    )


def names_something(text: str) -> bool:
    """Whether there is something in it that its reader can check."""
    return _CHECKABLE.search(_plain(text)) is not None


def says_what(text: str) -> bool:
    """Whether it says what was or will be done, beside when, where, how much and stock words."""
    return _deed(_plain(text)) >= LEAST_DEED


def names_a_ground(text: str) -> bool:
    """Whether it names the rule, paper or fact that stands against what was wished for; 有关规定 is none."""
    plain = _plain(text)
    if re.search(_PAPER, plain):
        return True
    return any(
        len(set(without_stock(_VAGUE.sub("", found[found.lastgroup or 0])))) >= LEAST_GROUND
        for clause in _CLAUSES.split(plain)
        for found in _GROUND.finditer(clause)
    )


def names_a_way(text: str) -> bool:
    """Whether it says where to turn; 有关部门 is nowhere."""
    plain = _plain(text)
    if _LINE.search(plain):
        return True
    return any(len(set(_VAGUE.sub("", found["where"]))) >= LEAST_GROUND for found in _WAY.finditer(plain))


@word({"field": TEXT}, "field")
def answers(params: Params, scene: Scene) -> Iterable[Problem]:
    """Each text tells somebody what was or will be done, with something to check; or why not, and where to turn."""
    for pointer, value in scene.values(params["field"]):
        if not isinstance(value, str):
            continue
        named = {"field": scene.title(params["field"])}
        if is_short(value):
            yield Problem(pointer, "not_concrete", {**named, "needed": LEAST_CHARACTERS})
        elif is_refusal(value):
            if not names_a_ground(value):
                yield Problem(pointer, "answer_without_ground", named)
            if not names_a_way(value):
                yield Problem(pointer, "answer_without_way", named)
        elif not names_something(value):
            yield Problem(pointer, "answer_without_particular", named)
        elif not says_what(value):
            yield Problem(pointer, "answer_without_deed", named)


@word({"field": TEXT}, "field")
def grounded(params: Params, scene: Scene) -> Iterable[Problem]:
    """Each text names the ground on which something is not done."""
    for pointer, value in scene.values(params["field"]):
        if isinstance(value, str) and not names_a_ground(value):
            yield Problem(pointer, "answer_without_ground", {"field": scene.title(params["field"])})


def _plain(text: str) -> str:
    return _SAYINGS.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", text)))


def _clauses(text: str) -> Iterator[str]:
    """Its sentences and their parts; what was done instead (已…) is a part of its own, with or without a comma."""
    return (clause for clause in _CLAUSES.split(_plain(text)) if clause)


def _says_no(clause: str) -> bool:
    return _NO.search(clause) is not None and _IF.match(clause) is None


def _deed(plain: str) -> int:
    """How many different characters of a text say what was done."""
    return len(set(_FILLER.sub("", without_stock(_CHECKABLE.sub("", plain)))))
