"""Answers as clerks write them: what says something passes however short, what says nothing is told what is missing."""

import pytest

from backend.demo.feedback_stories import CARDS
from tests.domain.test_condition import condition, scene

GOOD = """
灯昨天换好了，试了亮的。
沟清了，10月27日弄的，挖出来两车泥。
井盖换了新的，十一月九号下午装的。
您问的高龄补贴，满80周岁次月起每季度发放，请带身份证到村便民服务点登记。
路面已用沥青补好，共六处。
已在村口增设垃圾桶两个，每天早晚各收一次。
桥头的路灯，供电所说灯杆下周二到，到了就装。
已请电工把线路重新接好，以后跳闸找电工。
低保申请已报镇里，12月5日前公示，公示后按月发。
停车场收费没有票据的，已退还多收的六元，并在门口贴出收费标准。
水压低是因为泵房电机老化，已订新电机，月底前更换。
您反映的广场音乐，已和舞队商量好，晚上九点前停，音量调低。
上半年修路支出18.6万元，明细已贴在公开栏。
卫生室夜间电话有人接听，号码贴在门口，9月16日开始的。
塌方路段修复45米，加装了护栏。
网格员每周五上门收一次药瓶，已通知到您家。
果园灌溉轮水时间表贴在三处泵房，群里也发了。
因连续下雨今天无法施工，改为11月12日铺沥青。
桥洞排水口已清，雨后如仍不能通行，请用查询码告诉我们。
会议记录可以查阅，每周一、三上午到村务公开室，凭户主身份即可。
村民小组的账目已按《村民委员会组织法》第三十条公布，有疑问可以到村会计处核对。
孩子上学路口没有斑马线的事，县交通局9月29日施划完毕。
占道的快递点后移两米，通道已恢复。
征地款11月底到账，迟了是因为三户的账号填错，已改正。
厕所灯坏，换了新灯泡，物业公司装的。
补发您家三个月的护理补贴，共540元，已打到一卡通。
已把您说的态度问题告诉窗口人员，10月8日当面向您道歉，今后一次性告知要带的材料。
施工队明天进场，先做东头排水沟盖板。
您说的树枝挡路灯，园林的人昨天锯掉了。
健身器材螺丝松了，当天就拧紧了，还上了油。
三组的水管冻裂，抢修了一夜，今早通水了。
电动车充电桩建在村委会西边，春节前能用。
该路段硬化列入明年计划，今年先用碎石填平。
校车司机已更换，家长会上周开过，监控装好了。
Three lamps were replaced on 9 November.
农网改造后电压不稳，供电公司本月更换台区变压器。
原来的灯不能修，换了新灯，在村口。
原灯具无法修复已更换新灯3盏。
不可回收垃圾桶增设两个，放在巷口。
低保不符合条件，但已帮您申请临时救助，本周内到账。
""".strip().splitlines()
"""What was done or will be done, with something to check: also in few words, in local words and without signs."""

REFUSING = """
您家的地在基本农田保护区内，根据《土地管理法》第三十七条不能批准建房，可以到镇自然资源所问增减挂钩。
所反映的水价由县供水公司制定，镇里无权调整，请拨打县供水公司热线或者12345。
人均收入每月1260元，超过低保标准，不能办理；家里有重病支出的，可以申请临时救助。
该房屋产权属个人，村里无法拆除，建议向人民法院提起诉讼。
宅基地两家正在打官司，镇里不能改判，请等县法院判决，对判决不服可以上诉到市中院。
因您缴费不满15年，暂不能领取养老金，请到镇社保所办理补缴。
这段路是县道，村里没有权力设减速带，请找县公路养护中心。
按照合作医疗章程，门诊费用不予报销，可到镇卫生院窗口了解慢性病证怎么办。
""".strip().splitlines()
"""Nothing can be done, on a ground that is named, and where to turn."""

EMPTY = [
    ("您反映的问题我们高度重视，已安排人员认真处理，感谢您的支持。", "answer_without_particular"),
    ("经核实，情况属实，已责成有关单位整改到位，请您放心。", "answer_without_particular"),
    ("已将您的意见转交相关部门研究，今后将进一步改进工作作风。", "answer_without_particular"),
    ("我们将进一步加大力度，不断提升群众的获得感、幸福感、安全感。", "answer_without_particular"),
    ("谢谢您对本镇工作的关心和监督，欢迎继续提出宝贵意见。", "answer_without_particular"),
    ("第一时间组织人员前往现场处置，现已妥善解决群众的合理诉求。", "answer_without_particular"),
    ("我村牢固树立四个意识，坚决做到两个维护，认真做好各项工作。", "answer_without_particular"),
    ("您所反映的事情近期内会给您一个满意的答复，请耐心等待。", "answer_without_particular"),
    ("道路情况已派专人查看，后续将统筹考虑，适时予以安排。", "answer_without_particular"),
    ("一年四季我们都把群众的事放在心上，百分之百落实到位。", "answer_without_particular"),
    ("11月9日已处理完毕，请您放心。", "answer_without_deed"),
    ("东沟村群众反映的问题已经得到妥善解决，大家都很满意。", "answer_without_deed"),
    ("本周内一定办好，给您一个满意的结果。", "answer_without_deed"),
    ("供电所已经按照要求认真处理，目前已办结。", "answer_without_deed"),
    ("2026年11月9日上午我镇已安排有关人员到现场了解情况并进行处理。", "answer_without_deed"),
    ("11月9日经研究无法解决，已向您本人说明。", "answer_without_ground"),
    ("感谢您的来信，已于11月9日收悉并转有关部门办理，请耐心等待。", "answer_without_deed"),
    ("11月9日上午召开专题会议，研究部署，压实责任，确保问题整改到位。", "answer_without_deed"),
    ("按照相关政策规定，您反映的问题无法解决，请到镇司法所咨询。", "answer_without_ground"),
    ("由于客观原因和历史原因，暂时不能办理，请拨打12345。", "answer_without_ground"),
    ("您的条件不符合规定，不予办理，可以向县民政局反映。", "answer_without_ground"),
    ("因资金不足，这条路今年不能修，请您理解。", "answer_without_way"),
    ("您家的地在基本农田保护区内，不能批准建房。", "answer_without_way"),
    ("该房屋产权属个人，村里无法拆除，请向有关部门反映。", "answer_without_way"),
]


def problems(text: str, rule: str = "answers") -> list[str]:
    return [problem.code for problem in condition(rule=rule, field="/chair").problems(scene({"chair": text}))]


@pytest.mark.parametrize("text", [*GOOD, *(card.answer for card in CARDS if card.answer)])
def test_an_answer_that_says_what_was_done_and_can_be_checked_passes(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize("text", REFUSING)
def test_a_refusal_with_its_ground_and_where_to_turn_passes(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("所反映的水价由县供水公司制定。", True),
        ("该事项已进入诉讼程序，镇里无权改判。", True),
        ("供电设施由供电企业维护，已转请处理。", True),
        ("这块地在基本农田保护区内。", True),
        ("不属于我们的职责范围，按有关规定不予受理。", False),
        ("这件事按相关规定转出道桥组。", False),
        ("按照《公路法》由县里管，根据县道养护办法转出。", True),
        ("由于特殊原因，本单位目前无法处理。", False),
    ],
)
def test_a_card_is_turned_away_on_a_ground_that_is_named(text: str, fine: bool) -> None:
    assert problems(text, "grounded") == ([] if fine else ["answer_without_ground"])


@pytest.mark.parametrize(("text", "code"), EMPTY)
def test_an_answer_that_says_nothing_is_told_what_is_missing(text: str, code: str) -> None:
    assert problems(text)[0] == code
