"""What people of the main town said this autumn, each card as far along as the demonstration shows.

Invented after the handbook's sentences. One card a line: key, channel, category, wish, place, received, kind, how far,
grade, whom it complains about | what was said | what was answered. Days are written `10-17`; a dash stands for nothing.
"""

from collections.abc import Iterator
from typing import NamedTuple

_TABLE = """
READ qr lamps action 柳塘村 11-16 request processing - - | 村东头路灯两盏不亮，晚上走路看不清 | -
ACTED_ON phone_page drainage action 柳塘村 11-19 - received - - | 下雨后村口桥洞积水，老人孩子过不去 | -
CHANGED qr fund_disclosure answer 槐荫村 11-19 - received - - | 征地款什么时候到账 | -
MOVED visit roads action 东沟村 11-19 - received - - | 县道边坡掉石头 | -
LIFTED phone_page other action 柳塘村 11-19 - received - - | 停车场收费没有票据 | -
PHOTOGRAPHED qr refuse action 柳塘村 11-18 request accepted - - | 河边堆了垃圾 | -
EXTENDED visit lamps action 石桥头村 11-13 request processing - - | 桥头想装路灯 | -
SENT_PHOTO phone_page drainage action 柳塘村 11-19 - received - - | 屋后水沟塌了一段 | -
WITHDRAWING phone_page lamps action 柳塘村 11-19 - received - - | 门口路灯一闪一闪 | -
HANDED_OVER letter other misconduct 下坡村 11-10 - sealed - 下坡村 | 反映村干部优亲厚友 | -
TRIAGED_1 qr refuse action 槐荫村 11-19 - received - - | 垃圾桶满了两天没人清 | -
TRIAGED_2 phone_page utilities action 上坡村 11-19 - received - - | 自来水早晚压力小，三楼基本没水 | -
TRIAGED_3 phone_page lamps action 柳塘村 11-19 - received - - | 柳塘村东头的路灯坏了好几天 | -
MERGED qr lamps action 柳塘村 11-19 - received - - | 路灯不亮，走夜路害怕 | -
SPLIT letter roads action 东沟村 11-18 - received - - | 村西水泥路开裂；另外文化广场音乐太晚，影响休息 | -
CONTACT hotline allowances answer 石桥头村 11-17 answer processing - - | 80岁补贴今年还没到，想问问什么时候发 | -
CONVERTED visit drainage action 东沟村 11-12 complex processing - - | 排水沟盖板松动，已经有人绊倒 | -
CALLED hotline elder_care action 槐荫村 11-06 request replied - - | 希望助餐点增加座位 | \
11月12日已增加座位十二个，中午不够时另开一间
ABOUT_VILLAGE qr attitude complaint 柳塘村 11-17 request accepted - 柳塘村 | 去村里开证明跑了三趟，总说改天 | \
-
SEALED phone_page other misconduct 上坡村 11-13 - sealed - 上坡村 | 反映村里工程款问题 | -
OBJECTED visit roads action 麦场村 11-16 request objected - - | 县道路口没有减速带 | -
REPLYING opinion_card meeting_records answer 柳塘村 11-10 answer replying - - | 会议记录能不能给我们看一看 | \
村民会议和村民代表会议的记录可以查阅，每周一、三上午到村务公开室，凭户主身份即可，不收费用
RATED qr lamps action 东沟村 11-05 request replied - - | 村西头三盏路灯不亮 | \
11月9日已更换三盏灯具，电工当晚试亮，如仍不亮请用查询码回复
RATED_2 phone_page refuse action 西沟村 11-06 request replied - - | 巷口垃圾没人收 | \
11月10日起改为每天早晚各收一次，保洁员电话贴在公开栏
UNSATISFIED qr drainage action 石桥头村 10-20 request reopened 2 - | 桥洞积水，说了几次没人管 | \
10月27日已清理桥洞排水口，雨后如仍积水请告诉我们
REVIEWED hotline roads action 下坡村 09-07 request review 1 - | 村中主路坑洼，老人摔过跤 | \
9月18日已用碎石临时填平，硬化列入明年计划
REFUSED letter land_house answer 梨园村 11-11 - not_accepted - - | 邻居宅基地诉讼想请镇里改判 | -
TRANSFERRED visit utilities action 陶家埠村 11-12 - transferred - - | 农网改造后电压不稳 | -
WITHDRAWN phone_page other answer 柳塘村 11-14 - withdrawn - - | 意见卡在哪里领 | -
C01 suggestion_box fund_disclosure answer 柳塘村 09-09 answer closed 4 - | 想知道上半年修路花了多少钱 | \
上半年修路支出18.6万元，明细9月14日已贴在公开栏，也可到村务公开室查看
C02 opinion_card elder_care action 槐荫村 09-10 request closed 5 - | 卫生室夜间找不到人 | \
9月16日起卫生室夜间电话有人接听，号码已贴在门口
C03 qr attitude praise 上坡村 09-11 answer closed 5 - | 办事员耐心，谢谢 | 谢谢您的肯定，9月14日已转告本人和所在窗口
C04 satisfaction_card fund_disclosure action 东沟村 09-14 request closed 3 - | 村务公开看不清，字太小 | \
9月25日公开栏已换成大字版，每周五广播同步播报
C05 phone_page roads action 石桥头村 09-15 request closed 4 - | 孩子上学路口没有斑马线 | \
9月29日已由县交通部门施划斑马线并加装警示灯
C06 hotline allowances answer 西沟村 09-16 answer closed 5 - | 高龄补贴怎么领 | \
满80周岁次月起每季度发放，村里9月18日已帮您登记
C07 hotline utilities action 下坡村 09-17 request closed 4 - | 果园灌溉轮水时间不清楚 | \
9月24日起轮水时间表贴在三处泵房并在群里通知
C08 visit other action 麦场村 09-21 request closed 2 - | 快递点占用通道 | 9月28日已协调快递点后移两米，通道已恢复
C09 qr refuse action 梨园村 09-22 request closed 5 - | 沟边有人倒建筑垃圾 | 9月30日已清运建筑垃圾两车并设警示牌
C10 county_transfer roads action 陶家埠村 09-23 complex closed 3 - | 通村路塌了半边 | \
10月26日已修复塌方路段45米并加装护栏
"""

# Sentences of which there were more: the same matter at other places, all answered and closed.
_AGAIN = (
    ("lamps", "路灯不亮", "{day}已更换灯具并检查线路，当晚试亮正常"),
    ("drainage", "排水沟堵了", "{day}已清淤疏通，安排专人每周巡查一次"),
    ("refuse", "垃圾清运不及时", "{day}起增加一次清运，保洁员电话已公布"),
    ("roads", "路面有坑", "{day}已用沥青修补路面六处"),
    ("elder_care", "活动室冬天太冷", "{day}已安装电暖设备两台，每天开放八小时"),
)
_PLACES = ("柳塘村", "槐荫村", "上坡村", "下坡村", "东沟村", "西沟村", "石桥头村", "麦场村", "梨园村", "陶家埠村")
_CHANNELS = ("qr", "phone_page", "opinion_card", "hotline", "visit")
_GRADES = ("5", "4", "5", "", "4", "3", "5", "4", "", "5", "2", "4")
_MORE = 18


class Card(NamedTuple):
    """One card of the table; `about` is the organisation it complains about."""

    number: int
    key: str
    channel: str
    category: str
    wish: str
    place: str
    received: str
    kind: str
    stage: str
    grade: str
    about: str
    said: str
    answer: str


def _card(number: int, line: str) -> Card:
    head, said, answer = (part.strip() for part in line.split("|"))
    words = ["" if word == "-" else word for word in head.split()]
    return Card._make((number, *words, said, "" if answer == "-" else answer))


def _more(first: int) -> Iterator[Card]:
    for n in range(_MORE):
        category, said, answer = _AGAIN[n % len(_AGAIN)]
        place, channel = _PLACES[(n * 3) % len(_PLACES)], _CHANNELS[n % len(_CHANNELS)]
        received = f"{9 + n // 15:02}-{1 + (n * 2) % 28:02}"
        day = f"{9 + n // 15}月{1 + (n * 2) % 28}日报修后"
        grade = _GRADES[n % len(_GRADES)]
        yield Card(
            first + n,
            f"M{n:02}",
            channel,
            category,
            "action",
            place,
            received,
            "request",
            "closed",
            grade,
            "",
            f"{place}{said}",
            answer.format(day=day),
        )


_TOLD = tuple(_card(number, line) for number, line in enumerate(_TABLE.strip().splitlines()))
CARDS = (*_TOLD, *_more(len(_TOLD)))
